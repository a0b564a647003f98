package dev.sockeye.verification.jmh;

import dev.sockeye.socketio.server.HandlerExecution;
import dev.sockeye.socketio.server.Socket;
import dev.sockeye.socketio.server.SocketIoServer;
import dev.sockeye.socketio.server.SocketIoServerOptions;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.NullUnmarked;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** How the cost of one echo depends on other state of the server. Each state class varies one parameter. */
@NullUnmarked
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class GrowthBenchmark {

    /** A server and the client that sends. */
    @State(Scope.Thread)
    public abstract static class Echo {
        SocketIoServer io;
        MemoryHost host;
        MemoryHost.Client client;
        byte[] text;

        void start(String event, int length, Consumer<Socket> more) {
            io = SocketIoServer.create(SocketIoServerOptions.builder()
                    .execution(HandlerExecution.eventLoop())
                    .engine(engine -> engine.maxHttpBufferSize(10_000_000))
                    .build());
            io.onConnection(socket -> {
                socket.on("echo", (args, ack) -> ack.send(args.payload(0)));
                more.accept(socket);
            });
            host = new MemoryHost(io.hostedEngine());
            client = host.connect();
            text = Messages.utf8(event + "[\"echo\",\"" + Messages.text(length) + "\"]");
        }

        /** Fails if the client did not receive an echo. */
        void check() {
            long before = client.messages();
            if (echo() != before + 1) {
                throw new IllegalStateException("no echo, but " + client.last());
            }
        }

        long echo() {
            client.text(text);
            host.turn();
            return client.messages();
        }
    }

    /** Other clients that are connected. */
    public static class Connections extends Echo {
        /** How many. */
        @Param({"1", "100", "1000", "10000"})
        public int size;

        /** Connects. */
        @Setup
        public void prepare() {
            start("420", 32, socket -> {});
            for (int i = 1; i < size; i++) {
                host.connect();
            }
            check();
        }
    }

    /** The rooms of the socket. */
    public static class Rooms extends Echo {
        /** How many. */
        @Param({"1", "10", "100", "1000"})
        public int size;

        /** Joins. */
        @Setup
        public void prepare() {
            start("420", 32, socket -> {
                for (int i = 0; i < size; i++) {
                    socket.join("room " + i);
                }
            });
            check();
        }
    }

    /** Listeners of other events. */
    public static class Listeners extends Echo {
        /** How many. */
        @Param({"1", "10", "100", "1000"})
        public int size;

        /** Adds them. */
        @Setup
        public void prepare() {
            start("420", 32, socket -> {
                for (int i = 0; i < size; i++) {
                    socket.on("other " + i, (args, ack) -> {});
                }
            });
            check();
        }
    }

    /** The namespaces of the client; the last one answers. */
    public static class Namespaces extends Echo {
        /** How many; together with "/", a connection may have 100. */
        @Param({"1", "10", "99"})
        public int size;

        /** Connects to each. */
        @Setup
        public void prepare() {
            start("42/n" + size + ",0", 32, socket -> {});
            for (int i = 1; i <= size; i++) {
                io.of("/n" + i).onConnection(socket -> socket.on("echo", (args, ack) -> ack.send(args.payload(0))));
                client.text("40/n" + i + ",");
                host.turn();
            }
            check();
        }
    }

    /** Characters of the message. */
    public static class Payloads extends Echo {
        /** How many. */
        @Param({"32", "1024", "32768", "1048576"})
        public int size;

        /** Creates the message. */
        @Setup
        public void prepare() {
            start("420", size, socket -> {});
            check();
        }
    }

    /** Should be constant. */
    @Benchmark
    public long connections(Connections state) {
        return state.echo();
    }

    /** Should be constant. */
    @Benchmark
    public long rooms(Rooms state) {
        return state.echo();
    }

    /** Should be constant. */
    @Benchmark
    public long listeners(Listeners state) {
        return state.echo();
    }

    /** Should be constant. */
    @Benchmark
    public long namespaces(Namespaces state) {
        return state.echo();
    }

    /** Should be linear. */
    @Benchmark
    public long payload(Payloads state) {
        return state.echo();
    }
}
