package dev.sockeye.verification.jmh;

import dev.sockeye.socketio.server.HandlerExecution;
import dev.sockeye.socketio.server.SocketIoServer;
import dev.sockeye.socketio.server.SocketIoServerOptions;
import java.util.ArrayList;
import java.util.List;
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

/** A broadcast up to the host's connections, without a network; the score is for one broadcast, not for one delivery. */
@NullUnmarked
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class BroadcastBenchmark {
    /** The number of clients; every tenth client is in the room. */
    @Param({"10", "1000", "10000"})
    public int clients;

    private SocketIoServer io;
    private MemoryHost host;
    private final List<MemoryHost.Client> all = new ArrayList<>();
    private String text;

    /** Connects all clients. */
    @Setup
    public void prepare() {
        io = SocketIoServer.create(SocketIoServerOptions.builder()
                .execution(HandlerExecution.eventLoop())
                .build());
        int[] count = {0};
        io.onConnection(socket -> {
            if (count[0]++ % 10 == 0) {
                socket.join("room");
            }
        });
        host = new MemoryHost(io.hostedEngine());
        for (int i = 0; i < clients; i++) {
            all.add(host.connect());
        }
        text = Messages.text(32);
        long before = all.get(clients - 1).messages();
        toAll();
        if (all.get(clients - 1).messages() != before + 1) {
            throw new IllegalStateException("the broadcast did not arrive");
        }
    }

    /** To all clients. */
    @Benchmark
    public long toAll() {
        io.emit("message", text);
        host.turn();
        return all.get(0).messages();
    }

    /** To the room with a tenth of the clients. */
    @Benchmark
    public long toRoom() {
        io.to("room").emit("message", text);
        host.turn();
        return all.get(0).messages();
    }

    /** To all clients except those in the room. */
    @Benchmark
    public long exceptRoom() {
        io.except("room").emit("message", text);
        host.turn();
        return all.get(0).messages();
    }
}
