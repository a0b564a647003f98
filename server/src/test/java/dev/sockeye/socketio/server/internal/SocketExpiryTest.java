package dev.sockeye.socketio.server.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.socketio.server.FakeClient;
import dev.sockeye.socketio.server.Next;
import dev.sockeye.socketio.server.Socket;
import dev.sockeye.socketio.server.TestServer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Sockets that are disconnected at a time, with the clock in the test's hand. */
class SocketExpiryTest {
    private static final String[] EXPIRED = {
        "42[\"authentication expired\"]", "42[\"sockeye:disconnect\",{\"reason\":\"authentication expired\"}]", "41"
    };

    private final TestServer server =
            new TestServer(options -> options.pingInterval(Duration.ofDays(20)).pingTimeout(Duration.ofDays(1)));
    private final List<Socket> sockets = new ArrayList<>();

    SocketExpiryTest() {
        server.io.onConnection(sockets::add);
    }

    private Instant in(Duration time) {
        return server.loop.now().plus(time);
    }

    @Test
    void aSocketIsNotifiedAndDisconnectedOnExpiry() {
        FakeClient client = server.connect();
        List<String> seen = new ArrayList<>();
        sockets.get(0).onDisconnect((reason, details) -> seen.add(reason + ": " + details.description()));
        Instant end = in(Duration.ofMinutes(10));
        sockets.get(0).expireAt(end);
        assertThat(sockets.get(0).expiresAt()).isEqualTo(end);
        server.loop.advance(Duration.ofMinutes(10).minusMillis(1));
        assertThat(client.messages()).isEmpty();
        server.loop.advance(Duration.ofMillis(1));
        assertThat(client.messages()).containsExactly(EXPIRED);
        assertThat(seen).containsExactly("server namespace disconnect: authentication expired");
    }

    @Test
    void aHandlerCanExtendTheExpiry() {
        FakeClient client = server.connect();
        Socket socket = sockets.get(0);
        socket.expireAt(in(Duration.ofMinutes(1)));
        socket.on("renew", () -> socket.expireAt(in(Duration.ofMinutes(1))));
        for (int i = 0; i < 5; i++) {
            server.loop.advance(Duration.ofSeconds(50));
            client.text("42[\"renew\"]");
        }
        assertThat(client.messages()).isEmpty();
        server.loop.advance(Duration.ofMinutes(1));
        assertThat(client.messages()).containsExactly(EXPIRED);
    }

    @Test
    void anExpiryCanBeCancelled() {
        FakeClient client = server.connect();
        sockets.get(0).expireAt(in(Duration.ofMinutes(1)));
        sockets.get(0).expireAt(null);
        assertThat(sockets.get(0).expiresAt()).isNull();
        server.loop.advance(Duration.ofDays(1));
        assertThat(client.messages()).isEmpty();
    }

    @Test
    void aDistantExpiryIsReached() {
        FakeClient client = server.connect();
        sockets.get(0).expireAt(Instant.MAX);
        sockets.get(0).expireAt(in(Duration.ofDays(7)));
        server.loop.advance(Duration.ofDays(7).minusMillis(1));
        assertThat(client.messages()).isEmpty();
        server.loop.advance(Duration.ofMillis(1));
        assertThat(client.messages()).containsExactly(EXPIRED);
    }

    @Test
    void aSocketThatExpiresDuringAMiddlewareIsDisconnectedAfterJoining() {
        List<Next> waiting = new ArrayList<>();
        server.io.use((socket, next) -> {
            socket.expireAt(in(Duration.ofSeconds(1)));
            waiting.add(next);
        });
        FakeClient client = server.open();
        client.text("40");
        server.loop.advance(Duration.ofSeconds(5));
        assertThat(client.messages()).isEmpty();
        waiting.get(0).next();
        server.loop.run();
        assertThat(client.next()).startsWith("40{");
        server.loop.advance(Duration.ofMillis(100));
        assertThat(client.messages()).containsExactly(EXPIRED);
    }

    @Test
    void theExpiryOfADisconnectedSocketIsIgnored() {
        FakeClient client = server.connect();
        sockets.get(0).expireAt(in(Duration.ofMinutes(1)));
        client.text("41");
        client.join("/");
        sockets.get(0).expireAt(in(Duration.ofMinutes(1)));
        server.loop.advance(Duration.ofMinutes(2));
        assertThat(client.messages()).isEmpty();
        assertThat(sockets.get(1).connected()).isTrue();
    }
}
