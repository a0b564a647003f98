package dev.sockeye.verification.soak;

import dev.sockeye.engineio.CloseReason;
import dev.sockeye.engineio.EngineSocket;
import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.server.Socket;
import dev.sockeye.socketio.server.SocketIoServer;
import dev.sockeye.socketio.server.SocketIoServerOptions;
import dev.sockeye.verification.cluster.Broker;
import dev.sockeye.verification.host.Host;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Two servers that are connected by Redis. */
final class SoakServers implements AutoCloseable {
    private static final int SERVERS = 2;

    private final List<SocketIoServer> servers = new ArrayList<>();
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger disconnections = new AtomicInteger();
    private final CountDownLatch end = new CountDownLatch(1);

    SoakServers(Broker broker, String redis, Host host) throws IOException {
        for (int i = 0; i < SERVERS; i++) {
            SocketIoServer io = create(broker, redis);
            io.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), host);
            servers.add(io);
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // requests to clients that disconnect are expected to fail
    private SocketIoServer create(Broker broker, String redis) {
        SocketIoServer io = SocketIoServer.create(SocketIoServerOptions.builder()
                .engine(engine -> engine.pingInterval(Duration.ofSeconds(5))
                        .pingTimeout(Duration.ofSeconds(5))
                        .upgradeTimeout(Duration.ofMillis(500))
                        .maxOutboundBytes(6 << 20))
                .connectTimeout(Duration.ofSeconds(2))
                .connectionStateRecovery(recovery -> recovery.maxDisconnectionDuration(Duration.ofSeconds(20)))
                .adapter(broker.adapter(redis))
                .build());
        io.onConnection(socket -> {
            connections.incrementAndGet();
            socket.onDisconnect((reason, description) -> disconnections.incrementAndGet());
            socket.on("echo", (args, ack) -> ack.send(args.get(0)));
            socket.on("join", (args, ack) -> socket.join(String.valueOf(args.get(0))));
            socket.on("swallow", (args, ack) -> args.toList());
            socket.on(
                    "ask",
                    (args, ack) -> socket.timeout(Duration.ofMinutes(1))
                            .emitWithAck("question")
                            .exceptionally(gone -> null));
            socket.on("all", (args, ack) -> io.to("everybody").emit("news", args.get(0)));
            socket.on("block", (args, ack) -> end.await(number(args), TimeUnit.MILLISECONDS));
            socket.on("flood", (args, ack) -> {
                for (long n = number(args); n > 0; n--) {
                    socket.emit("water", "x".repeat(100_000));
                }
            });
            socket.join("everybody");
        });
        io.of("/other", socket -> socket.join("others"));
        return io;
    }

    int port(int n) {
        return servers.get(n % SERVERS).port();
    }

    int sessions() {
        return servers.stream().mapToInt(io -> io.engine().clientsCount()).sum();
    }

    void broadcast(String room, String text) {
        servers.forEach(io -> io.to(room).emit("news", text));
    }

    /** Cuts the connection of a client in the room; it may reconnect. */
    void cutOne(String room, int n) {
        SocketIoServer io = servers.get(n % SERVERS);
        List<Socket> members = io.sockets().sockets().values().stream()
                .filter(socket -> socket.rooms().contains(room))
                .toList();
        if (!members.isEmpty()) {
            EngineSocket session = members.get(n % members.size()).conn();
            session.loop().execute(() -> session.closeNow(CloseReason.TRANSPORT_ERROR, null));
        }
    }

    /** After all clients have disconnected: waits for some time and returns what is left. */
    List<String> left(Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        List<String> left = counts();
        while (!left.isEmpty() && System.nanoTime() < deadline) {
            SoakCycle.pass(200);
            left = counts();
        }
        return left;
    }

    private List<String> counts() {
        List<String> left = new ArrayList<>();
        if (sessions() != 0) {
            left.add(sessions() + " sessions");
        }
        for (SocketIoServer io : servers) {
            for (String name : List.of("/", "/other")) {
                int sockets = io.of(name).sockets().size();
                int rooms = io.of(name).adapter().rooms().size();
                if (sockets + rooms > 0) {
                    left.add(sockets + " sockets and " + rooms + " rooms in " + name);
                }
            }
        }
        if (connections.get() != disconnections.get()) {
            left.add((connections.get() - disconnections.get()) + " disconnect events missing");
        }
        return left;
    }

    @Override
    public void close() {
        end.countDown();
        servers.forEach(io -> io.closeAsync().join());
    }

    private static long number(Arguments args) {
        return Objects.requireNonNull(args.get(0, Long.class), "a number is missing");
    }
}
