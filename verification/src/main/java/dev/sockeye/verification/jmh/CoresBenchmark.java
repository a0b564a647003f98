package dev.sockeye.verification.jmh;

import dev.sockeye.metrics.SockeyeMetrics;
import dev.sockeye.socketio.server.HandlerExecution;
import dev.sockeye.socketio.server.Socket;
import dev.sockeye.socketio.server.SocketIoServer;
import dev.sockeye.socketio.server.SocketIoServerOptions;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullUnmarked;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.ThreadParams;

/**
 * One server whose loops run on several threads: what an operation costs when other threads do the same. Each thread is a loop with its own
 * clients, so that only structures which all loops share (rooms, tables, ids, the recovery buffer, totals) can make an operation more expensive.
 */
@NullUnmarked
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class CoresBenchmark {
    private static final int RECEIVERS = 8;
    /** The members of a large room. */
    private static final int MANY = 64;

    /** What the server has besides its clients. */
    public enum Setting {
        /** Nothing. */
        PLAIN,
        /** Connection state recovery, which keeps the events of all threads. */
        RECOVERY,
        /** Meters of Micrometer. */
        METERS
    }

    /** The server that all threads share. */
    @State(Scope.Benchmark)
    public static class Server {
        /** What the server has besides its clients. */
        @Param
        public Setting setting;

        private static final ThreadLocal<Socket> CONNECTED = new ThreadLocal<>();
        private SocketIoServer io;

        /** Creates the server. */
        @Setup
        public void prepare() {
            SocketIoServerOptions.Builder options =
                    SocketIoServerOptions.builder().execution(HandlerExecution.eventLoop());
            if (setting == Setting.RECOVERY) {
                options.connectionStateRecovery(true);
            }
            io = SocketIoServer.create(options.build());
            if (setting == Setting.METERS) {
                SockeyeMetrics.of(io).bindTo(new PrometheusMeterRegistry(PrometheusConfig.DEFAULT));
            }
            io.onConnection(socket -> {
                socket.on("echo", (args, ack) -> ack.send(args.payload(0)));
                CONNECTED.set(socket);
            });
        }
    }

    /** One loop with its clients: one that sends, and its share of the receivers. */
    @State(Scope.Thread)
    public static class Loop implements MemoryHost.TurnLoop {
        private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
        private final byte[] echo = Messages.utf8("420[\"echo\",\"" + Messages.text(32) + "\"]");
        private final String text = Messages.text(32);
        private Thread owner;
        private MemoryHost host;
        private MemoryHost.Client client;
        private Socket socket;
        private String room;
        private String lonely;

        /** Connects the clients. */
        @Setup
        public void prepare(Server server, ThreadParams threads) {
            owner = Thread.currentThread();
            host = new MemoryHost(server.io.hostedEngine(), this);
            client = host.connect();
            socket = Server.CONNECTED.get();
            room = "room " + threads.getThreadIndex();
            lonely = "lonely " + threads.getThreadIndex();
            for (int i = 0; i < RECEIVERS; i++) {
                host.connect();
                Server.CONNECTED.get().join(room);
            }
            for (int i = threads.getThreadIndex(); i < RECEIVERS; i += threads.getThreadCount()) {
                host.connect();
                Server.CONNECTED.get().join("spread");
            }
            for (int i = threads.getThreadIndex(); i < MANY; i += threads.getThreadCount()) {
                host.connect();
                Server.CONNECTED.get().join("everyone");
            }
            long before = client.messages();
            client.text(echo.clone());
            run();
            if (client.messages() != before + 1) {
                throw new IllegalStateException("no echo");
            }
        }

        /** The thread of a fork may change between two iterations. */
        @Setup(Level.Iteration)
        public void adopt() {
            owner = Thread.currentThread();
        }

        @Override
        public void run() {
            Runnable task;
            while ((task = tasks.poll()) != null) {
                task.run();
            }
        }

        @Override
        public boolean inLoop() {
            return Thread.currentThread() == owner;
        }

        @Override
        public void execute(Runnable task) {
            tasks.add(task);
        }

        @Override
        public long nanoTime() {
            return System.nanoTime();
        }

        @Override
        public Timer schedule(Runnable task, Duration delay) {
            return () -> {}; // nothing here runs for as long as a heartbeat interval
        }
    }

    /** An event and its acknowledgement. */
    @Benchmark
    public long echo(Server server, Loop loop) {
        loop.client.text(loop.echo);
        loop.run();
        return loop.client.messages();
    }

    /** An event to a room whose eight members are all on this loop. */
    @Benchmark
    public void ownRoom(Server server, Loop loop) {
        server.io.to(loop.room).emit("message", loop.text);
        loop.run();
    }

    /** An event to a room of eight members on all loops: one task for each other loop. */
    @Benchmark
    public void spreadRoom(Server server, Loop loop) {
        server.io.to("spread").emit("message", loop.text);
        loop.run();
    }

    /** Joins a room of many members and leaves it. */
    @Benchmark
    public void joinAndLeave(Server server, Loop loop) {
        loop.socket.join("everyone");
        loop.socket.leave("everyone");
        loop.run();
    }

    /** Joins a room of the clients that do the same at the moment, and leaves it. */
    @Benchmark
    public void joinAndLeaveSmall(Server server, Loop loop) {
        loop.socket.join("few");
        loop.socket.leave("few");
        loop.run();
    }

    /** Creates a room and leaves it, so that it ends. */
    @Benchmark
    public void createAndLeave(Server server, Loop loop) {
        loop.socket.join(loop.lonely);
        loop.socket.leave(loop.lonely);
        loop.run();
    }

    /** A client that connects and disconnects. */
    @Benchmark
    public void connectAndDisconnect(Server server, Loop loop) {
        loop.host.connect().abort();
        loop.run();
    }
}
