package dev.sockeye.socketio.server.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sockeye.socketio.server.Socket;
import dev.sockeye.socketio.server.TestServer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SocketMapTest {
    private final TestServer server = new TestServer();
    private final Map<String, Socket> sockets = server.io.sockets().sockets();

    /** Sends everybody away while a stream is under way. */
    private <T> T alone(T element) {
        List.copyOf(sockets.values()).forEach(socket -> socket.disconnect(true));
        return element;
    }

    @Test
    void streamsContinueWhenSocketsLeave() {
        for (int i = 0; i < 3; i++) {
            server.connect();
        }
        assertThat(sockets).hasSize(3);
        assertThat(sockets.values().stream().map(this::alone).toList()).isNotEmpty();
        assertThat(sockets).isEmpty();
        server.connect();
        server.connect();
        assertThat(sockets.entrySet().stream().map(this::alone).toList()).isNotEmpty();
        server.connect();
        server.connect();
        assertThat(sockets.keySet().stream().map(this::alone).toList()).isNotEmpty();
    }

    @Test
    void isAnUnmodifiableViewOfTheConnectedSockets() {
        server.connect();
        Socket socket = sockets.values().iterator().next();
        assertThat(sockets).containsExactly(Map.entry(socket.id(), socket)).doesNotContainKey("x");
        assertThat(sockets.get(socket.id())).isSameAs(socket);
        assertThat(server.io.sockets().socket(socket.id())).isSameAs(socket);
        assertThat(server.io.sockets().socket("x")).isNull();
        assertThatThrownBy(sockets::clear).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> sockets.keySet().clear()).isInstanceOf(UnsupportedOperationException.class);
    }
}
