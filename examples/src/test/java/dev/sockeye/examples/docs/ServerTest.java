package dev.sockeye.examples.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sockeye.engineio.CloseReason;
import dev.sockeye.engineio.SlowClientPolicy;
import dev.sockeye.examples.Client;
import dev.sockeye.socketio.client.ClientOptions;
import dev.sockeye.socketio.client.SocketIoClient;
import dev.sockeye.socketio.server.HandlerExecution;
import dev.sockeye.socketio.server.SocketIoServer;
import dev.sockeye.socketio.server.SocketIoServerOptions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

class ServerTest {
    private final List<String> log = new CopyOnWriteArrayList<>();

    @Test
    void options() throws Exception {
        // tag::options
        SocketIoServerOptions options = SocketIoServerOptions.builder()
                .connectTimeout(Duration.ofSeconds(20))
                .engine(engine -> engine.pingInterval(Duration.ofSeconds(10))
                        .pingTimeout(Duration.ofSeconds(5))
                        .cors(cors -> cors.origins("https://example.org")))
                .build();
        SocketIoServer io = SocketIoServer.create(options);
        // end::options
        try (Server server = new Server(io)) {
            assertThat(server.client().socket.connected()).isTrue();
            assertThat(io.options().connectTimeout()).isEqualTo(Duration.ofSeconds(20));
        }
    }

    @Test
    void socketAndServerLifecycle() throws Exception {
        SocketIoServer io = SocketIoServer.create();
        // tag::life
        io.onConnection(socket -> {
            log(socket.id() + " from " + socket.handshake().address());
            socket.onDisconnecting(
                    (reason, details) -> log("leaves " + socket.rooms().size() + " rooms"));
            socket.onDisconnect((reason, details) -> log("left: " + reason.text()));
        });
        io.listen(0);
        // end::life
        try (Client anna = Client.connected(io.port())) {
            await().until(() -> log.size() == 1);
            // tag::close
            io.close();
            // end::close
            await().until(() -> log.size() == 3);
            assertThat(log.get(0))
                    .startsWith(anna.received.isEmpty() ? "" : "?")
                    .contains(" from ");
            assertThat(log.subList(1, 3)).containsExactly("leaves 1 rooms", "left: server shutting down");
        }
    }

    @Test
    void threads() throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(2);
        try {
            // tag::threads
            SocketIoServerOptions blocking = SocketIoServerOptions.builder()
                    .execution(HandlerExecution.pool(executor))
                    .build();
            SocketIoServerOptions neverBlocking = SocketIoServerOptions.builder()
                    .execution(HandlerExecution.eventLoop())
                    .build();
            // end::threads
            for (SocketIoServerOptions options : List.of(blocking, neverBlocking)) {
                log.clear();
                try (Server server = Server.started(options)) {
                    SocketIoServer io = server.io;
                    // tag::errors
                    io.onHandlerError((socket, event, error) -> log(event + " failed: " + error.getMessage()));
                    // end::errors
                    io.onConnection(socket -> socket.on("divide", int.class, n -> log("is " + 12 / n)));
                    Client anna = server.client();
                    anna.socket.emit("divide", 0);
                    anna.socket.emit("divide", 4);
                    await().until(() -> log.size() == 2);
                    assertThat(log).containsExactly("divide failed: / by zero", "is 3");
                }
            }
        } finally {
            executor.shutdown();
        }
    }

    @Test
    void limits() throws Exception {
        // tag::limits
        SocketIoServerOptions options = SocketIoServerOptions.builder()
                .engine(engine -> engine.maxHttpBufferSize(100_000)
                        .maxOutboundBytes(1_000_000)
                        .maxConnections(50_000)
                        .maxConnectionsPerAddress(100))
                .maxRoomsPerSocket(50)
                .maxPendingAcks(100)
                .mailboxCapacity(200)
                .build();
        // end::limits
        try (Server server = Server.started(options)) {
            SocketIoServer io = server.io;
            io.onConnection(socket -> {
                // tag::writable
                socket.on("download", () -> send(socket, 0));
                // end::writable
            });
            Client anna = server.client();
            anna.socket.emit("download");
            anna.receives("part [999]");
            assertThat(anna.received).hasSize(1000);
        }
    }

    // tag::send
    private static void send(dev.sockeye.socketio.server.Socket socket, int part) {
        int next = part;
        while (next < 1_000 && socket.writable()) {
            socket.emit("part", next++);
        }
        int rest = next;
        if (rest < 1_000 && socket.connected()) {
            socket.onWritable(() -> send(socket, rest)); // continue when the client has read
        }
    }
    // end::send

    @Test
    void slowClients() throws Exception {
        // tag::slow-policy
        SocketIoServerOptions options = SocketIoServerOptions.builder()
                .slowClientPolicy(SlowClientPolicy.DROP_OLDEST)
                .maxOutboundBytes(256_000)
                .build();
        // end::slow-policy
        try (Server server = Server.started(options)) {
            SocketIoServer io = server.io;
            io.onConnection(socket -> {
                socket.join("dashboard");
                // tag::latest
                io.to("dashboard").latest("price:X").emit("price", "X", 99.5);
                socket.latest("progress").emit("progress", 40);
                // end::latest
            });
            Client anna = server.client();
            anna.receives("price [X, 99.5]");
            anna.receives("progress [40]");
        }
    }

    @Test
    void recovery() throws Exception {
        // tag::recovery
        SocketIoServer io = SocketIoServer.create(SocketIoServerOptions.builder()
                .connectionStateRecovery(recovery -> recovery.maxDisconnectionDuration(Duration.ofMinutes(2)))
                .build());
        io.onConnection(socket -> {
            if (socket.recovered()) {
                log("back, still in " + socket.rooms());
            } else {
                socket.join("news");
            }
        });
        // end::recovery
        try (Server server = new Server(io)) {
            // the official Java client does not know recovery
            try (SocketIoClient clients = SocketIoClient.create()) {
                List<String> received = new CopyOnWriteArrayList<>();
                var anna = clients.socket(
                        "http://localhost:" + server.io.port(),
                        ClientOptions.builder()
                                .reconnectionDelay(Duration.ofMillis(500))
                                .randomizationFactor(0)
                                .build());
                anna.on("news", String.class, text -> received.add(text));
                anna.connectBlocking(Duration.ofSeconds(10));
                await().until(() -> io.sockets().adapter().rooms().containsKey("news"));
                String id = anna.id();
                io.to("news").emit("news", "first");
                await().until(() -> received.equals(List.of("first")));
                io.sockets().sockets().get(id).conn().closeNow(CloseReason.TRANSPORT_ERROR, null);
                await().until(() -> io.sockets().sockets().isEmpty());
                io.to("news").emit("news", "missed");
                await().until(anna::recovered);
                io.to("news").emit("news", "last");
                await().until(() -> received.size() == 3);
                assertThat(received).containsExactly("first", "missed", "last");
                assertThat(anna.id()).isEqualTo(id);
                assertThat(log).hasSize(1).first().asString().contains("news", id);
            }
        }
    }

    private void log(String line) {
        log.add(line);
    }
}
