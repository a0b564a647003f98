package dev.sockeye.socketio.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.socketio.adapter.Adapter;
import dev.sockeye.socketio.adapter.BroadcastOptions;
import dev.sockeye.socketio.adapter.InMemoryAdapter;
import dev.sockeye.socketio.adapter.SocketDetails;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class RemoteSocketTest {

    /** A socket on another server. */
    private record Elsewhere(String id) implements SocketDetails {
        @Override
        public Map<String, @Nullable Object> handshakeDetails() {
            return Map.of("address", "10.0.0.1", "issued", 12, "query", Map.of("a", "b"), "auth", Map.of("c", "d"));
        }

        @Override
        public Set<String> rooms() {
            return Set.of(id, "room");
        }

        @Override
        public Map<String, Object> data() {
            return Map.of("name", "joe");
        }
    }

    @Test
    @Tag("sio.utility-methods.03")
    void socketsOfOtherServersHaveTheSameApi() {
        List<String> calls = new ArrayList<>();
        TestServer server = new TestServer(options -> options.adapter(namespace -> {
            Adapter real = new InMemoryAdapter(namespace);
            return (Adapter) Proxy.newProxyInstance(
                    getClass().getClassLoader(), new Class<?>[] {Adapter.class}, (proxy, method, args) -> {
                        switch (method.getName()) {
                            case "fetchSockets" -> {
                                return CompletableFuture.completedFuture(List.<SocketDetails>of(new Elsewhere("abc")));
                            }
                            case "addSockets", "delSockets", "disconnectSockets", "broadcast" -> {
                                for (Object arg : args) {
                                    if (arg instanceof BroadcastOptions options1) {
                                        calls.add(method.getName() + " " + options1.rooms());
                                    }
                                }
                                return null;
                            }
                            default -> {
                                return method.invoke(real, args);
                            }
                        }
                    });
        }));
        RemoteSocket socket = server.io.fetchSockets().join().get(0);
        assertThat(socket.id()).isEqualTo("abc");
        assertThat(socket.rooms()).containsExactlyInAnyOrder("abc", "room");
        assertThat(socket.data()).containsEntry("name", "joe");
        assertThat(socket.handshake().address()).isEqualTo("10.0.0.1");
        assertThat(socket.handshake().issued()).isEqualTo(12);
        assertThat(socket.handshake().query()).containsEntry("a", "b");
        assertThat(socket.handshake().auth()).containsEntry("c", "d");
        socket.join("x");
        socket.leave("x");
        socket.emit("e");
        socket.disconnect(true);
        assertThat(calls)
                .containsExactly("addSockets [abc]", "delSockets [abc]", "broadcast [abc]", "disconnectSockets [abc]");
    }
}
