package dev.sockeye.verification.jmh;

import dev.sockeye.socketio.server.HandlerExecution;
import dev.sockeye.socketio.server.SocketIoServer;
import dev.sockeye.socketio.server.SocketIoServerOptions;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullUnmarked;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** An event with an acknowledgement through engine, parser, handler and back, on the event loop, without a network. */
@NullUnmarked
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class EchoBenchmark {
    /** The number of additional listeners and middlewares of the socket. */
    @Param({"0", "10"})
    public int extra;

    private MemoryHost host;
    private MemoryHost.Client client;
    private byte[] text;
    private byte[] unheard;

    /** Connects. */
    @Setup
    public void prepare() {
        SocketIoServer io = SocketIoServer.create(SocketIoServerOptions.builder()
                .execution(HandlerExecution.eventLoop())
                .build());
        io.onConnection(socket -> {
            socket.on("echo", (args, ack) -> ack.send(args.payload(0)));
            for (int i = 0; i < extra; i++) {
                socket.on("other " + i, (args, ack) -> {});
                socket.onAny((event, args) -> {});
            }
        });
        host = new MemoryHost(io.hostedEngine());
        client = host.connect();
        text = Messages.utf8("420[\"echo\",\"" + Messages.text(32) + "\"]");
        unheard = Messages.utf8("42[\"nobody listens\",\"" + Messages.text(32) + "\"]");
        client.text(text.clone());
        host.turn();
        if (!client.last().equals("30[\"" + Messages.text(32) + "\"]")) {
            throw new IllegalStateException("no echo: " + client.last());
        }
    }

    /** One event and its acknowledgement. */
    @Benchmark
    public long echo() {
        client.text(text);
        host.turn();
        return client.messages();
    }

    /** An event without a listener. */
    @Benchmark
    public long unheard() {
        client.text(unheard);
        host.turn();
        return client.messages();
    }
}
