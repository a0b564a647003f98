package dev.sockeye.socketio.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.socketio.DisconnectDetails;
import dev.sockeye.socketio.server.SocketIoServer;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Reasons that a server sends before it disconnects a socket. */
@Timeout(60)
class AnnouncedReasonTest {
    private static final Duration SHORT = Duration.ofSeconds(10);

    private final SocketIoServer server = SocketIoServer.create();
    private final SocketIoClient client = SocketIoClient.create();

    @BeforeEach
    void start() throws IOException {
        server.onConnection(socket -> {
            socket.on("kick", String.class, socket::disconnect);
            socket.on("kick all", String.class, reason -> socket.disconnect(reason, true));
            socket.on("kick without reason", () -> socket.disconnect());
            socket.on("announce", (args, ack) -> {
                socket.emit(DisconnectDetails.REASON_EVENT, args.toList().toArray());
                socket.disconnect();
            });
        });
        server.listen(0);
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
    }

    private Socket connect() throws InterruptedException {
        return client.socket(
                        "http://localhost:" + server.port(),
                        ClientOptions.builder()
                                .forceNew(true)
                                .reconnection(false)
                                .build())
                .connectBlocking(SHORT);
    }

    private static CompletableFuture<String> end(Socket socket) {
        CompletableFuture<String> end = new CompletableFuture<>();
        socket.onceDisconnect((reason, details) -> end.complete(reason.text() + ": " + details.description()));
        return end;
    }

    @Test
    void theReasonIsInTheDisconnectDetailsAndEmittedAsAnEvent() throws Exception {
        Socket socket = connect();
        List<Object> events = new CopyOnWriteArrayList<>();
        socket.on(DisconnectDetails.REASON_EVENT, (args, ack) -> events.add(args.get(0)));
        CompletableFuture<String> end = end(socket);
        socket.emit("kick", "logged in elsewhere");
        assertThat(end.get(10, TimeUnit.SECONDS)).isEqualTo("io server disconnect: logged in elsewhere");
        assertThat(events).containsExactly(Map.of("reason", "logged in elsewhere"));
    }

    @Test
    void theReasonArrivesBeforeTheConnectionIsClosed() throws Exception {
        Socket socket = connect();
        CompletableFuture<String> end = end(socket);
        socket.emit("kick all", "blocked");
        assertThat(end.get(10, TimeUnit.SECONDS)).isEqualTo("io server disconnect: blocked");
    }

    @Test
    void theReasonIsNotReusedForTheNextDisconnect() throws Exception {
        Socket socket = connect();
        CompletableFuture<String> first = end(socket);
        socket.emit("kick", "once");
        first.get(10, TimeUnit.SECONDS);
        socket.connectBlocking(SHORT);
        CompletableFuture<String> second = end(socket);
        socket.emit("kick without reason");
        assertThat(second.get(10, TimeUnit.SECONDS)).isEqualTo("io server disconnect: ");
    }

    @Test
    void aMalformedReasonIsIgnored() throws Exception {
        for (Object[] args :
                List.of(new Object[] {}, new Object[] {"text"}, new Object[] {Map.of("reason", 7)}, new Object[] {1})) {
            Socket socket = connect();
            CompletableFuture<String> end = end(socket);
            socket.emit("announce", args);
            assertThat(end.get(10, TimeUnit.SECONDS)).isEqualTo("io server disconnect: ");
        }
    }
}
