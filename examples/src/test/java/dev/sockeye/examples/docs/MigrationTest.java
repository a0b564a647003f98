package dev.sockeye.examples.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sockeye.examples.Client;
import dev.sockeye.socketio.server.Namespace;
import dev.sockeye.socketio.server.Socket;
import dev.sockeye.socketio.server.SocketIoServer;
import dev.sockeye.socketio.server.SocketIoServerOptions;
import io.socket.client.Ack;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.json.JSONObject;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The Sockeye side of the pages about migrating. */
class MigrationTest {
    private static final Map<String, String> USERS = Map.of("t1", "anna", "t2", "ben");
    private final List<String> log = new CopyOnWriteArrayList<>();

    // tag::records
    record Message(String room, String text) {}

    record Place(double latitude, double longitude) {}
    // end::records

    // tag::netty-socketio
    SocketIoServer chat(Map<String, String> users) {
        SocketIoServer io = SocketIoServer.create(SocketIoServerOptions.builder()
                .pingInterval(Duration.ofSeconds(10))
                .cors(cors -> cors.origins("https://example.org"))
                .build());
        io.use((socket, next) -> {
            String user = users.get(String.valueOf(socket.handshake().query("token")));
            if (user == null) {
                next.fail("unauthorized");
                return;
            }
            socket.data().put("user", user);
            next.next();
        });
        io.onConnection(socket -> {
            Object user = socket.data().get("user");
            socket.join("lobby");
            socket.onDisconnect((reason, details) -> io.to("lobby").emit("left", user));
            socket.on("chat", Message.class, (message, ack) -> {
                socket.to(message.room()).emit("chat", message);
                ack.send("delivered");
            });
            socket.on(
                    "share place",
                    () -> socket.timeout(Duration.ofSeconds(5))
                            .emitWithAck("where are you", Place.class)
                            .thenAccept(place -> io.to("lobby").emit("place", user, place))
                            .exceptionally(failure -> {
                                log(user + " did not answer");
                                return null;
                            }));
        });
        io.of("/admin")
                .onConnection(admin -> admin.on("kick", String.class, id -> {
                    Socket kicked = io.sockets().sockets().get(id);
                    if (kicked != null) {
                        kicked.disconnect(true);
                    }
                }));
        return io;
    }
    // end::netty-socketio

    @Test
    void theNettySocketioMigrationExampleWorks() throws Exception {
        try (Server server = new Server(chat(USERS))) {
            Client refused = server.client("/?token=wrong", Map.of());
            assertThat(refused.refusal.get(10, TimeUnit.SECONDS)).contains("unauthorized");
            Client anna = server.client("/?token=t1", Map.of());
            anna.socket.on(
                    "where are you",
                    args -> ((Ack) args[0]).call(new JSONObject(Map.of("latitude", 1.5, "longitude", 2.5))));
            Client ben = server.client("/?token=t2", Map.of());
            await().until(() -> server.io.sockets().sockets().size() == 2);
            await().until(anna.socket::connected);
            await().until(ben.socket::connected);

            assertThat(anna.ask("chat", new JSONObject(Map.of("room", "lobby", "text", "hi"))))
                    .isEqualTo("[delivered]");
            await().until(() -> ben.received.stream().anyMatch(line -> line.startsWith("chat ")));
            anna.socket.emit("share place");
            await().until(() -> ben.received.stream().anyMatch(line -> line.startsWith("place [anna")));
            assertThat(anna.received).noneMatch(line -> line.startsWith("chat"));

            Client admin = server.client("/admin", Map.of());
            admin.socket.emit("kick", ben.socket.id());
            anna.receives("left [ben]");
            assertThat(log).isEmpty();
        }
    }

    record Order(String item, int amount) {}

    // tag::node
    SocketIoServer shop() {
        SocketIoServer io = SocketIoServer.create(SocketIoServerOptions.builder()
                .cors(cors -> cors.origins("https://example.org"))
                .connectionStateRecovery(true)
                .build());
        io.use((socket, next) -> findUser(socket.handshake().auth().get("token"))
                .whenComplete((user, error) -> {
                    if (error != null) {
                        next.fail("unauthorized");
                        return;
                    }
                    socket.data().put("user", user);
                    next.next();
                }));
        io.onConnection(socket -> {
            Object user = socket.data().get("user");
            socket.join("lobby");
            socket.on("order", Order.class, (order, ack) -> ack.send(Map.of("ordered", order.amount())));
            socket.on("typing", () -> socket.to("lobby").asVolatile().emit("typing", user));
            socket.onDisconnecting((reason, details) -> {
                for (String room : socket.rooms()) {
                    socket.to(room).emit("left", user, reason.text());
                }
            });
        });
        return io;
    }
    // end::node

    private static CompletableFuture<String> findUser(@Nullable Object token) {
        String user = USERS.get(String.valueOf(token));
        return user == null
                ? CompletableFuture.failedFuture(new IllegalArgumentException("no such token"))
                : CompletableFuture.completedFuture(user);
    }

    @Test
    void theNodeMigrationExampleWorks() throws Exception {
        try (Server server = new Server(shop())) {
            Client refused = server.client(Map.of("token", "guessed"));
            assertThat(refused.refusal.get(10, TimeUnit.SECONDS)).contains("unauthorized");
            Client anna = server.client(Map.of("token", "t1"));
            Client ben = server.client(Map.of("token", "t2"));
            assertThat(anna.ask("order", new JSONObject(Map.of("item", "tea", "amount", 3))))
                    .isEqualTo("[{\"ordered\":3}]");
            await().until(() -> server.io
                            .sockets()
                            .adapter()
                            .rooms()
                            .getOrDefault("lobby", Set.of())
                            .size()
                    == 2);
            anna.socket.emit("typing");
            ben.receives("typing [anna]");
            anna.close();
            await().until(() -> ben.received.stream().anyMatch(line -> line.startsWith("left [anna, ")));
            assertThat(refused.socket.connected()).isFalse();
        }
    }

    record Line(String text) {}

    // tag::trinopoty
    SocketIoServer place() {
        SocketIoServer io = SocketIoServer.create(SocketIoServerOptions.builder()
                .pingInterval(Duration.ofSeconds(10))
                .cors(cors -> cors.origins("https://example.org"))
                .build());
        Namespace chat = io.of("/chat");
        chat.onConnection(socket -> {
            socket.join("lobby");
            socket.on("say", Line.class, (line, ack) -> {
                socket.to("lobby").emit("said", line);
                ack.send("said");
            });
            socket.on(
                    "where",
                    () -> socket.timeout(Duration.ofSeconds(5))
                            .emitWithAck("where are you", String.class)
                            .thenAccept(place -> chat.to("lobby").emit("place", place)));
            socket.onDisconnect((reason, details) -> chat.to("lobby").emit("left", socket.id(), reason.text()));
        });
        return io;
    }
    // end::trinopoty

    @Test
    void theTrinopotyMigrationExampleWorks() throws Exception {
        try (Server server = new Server(place())) {
            Client anna = server.client("/chat", Map.of());
            anna.socket.on("where are you", args -> ((Ack) args[0]).call("home"));
            Client ben = server.client("/chat", Map.of());
            await().until(() -> server.io.of("/chat").sockets().size() == 2);
            await().until(anna.socket::connected);
            await().until(ben.socket::connected);
            assertThat(anna.ask("say", new JSONObject(Map.of("text", "hi")))).isEqualTo("[said]");
            ben.receives("said [{\"text\":\"hi\"}]");
            anna.socket.emit("where");
            ben.receives("place [home]");
            assertThat(anna.received).noneMatch(line -> line.startsWith("said"));
            anna.close();
            await().until(() -> ben.received.stream().anyMatch(line -> line.startsWith("left [")));
        }
    }

    private void log(String line) {
        log.add(line);
    }
}
