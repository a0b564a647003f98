package dev.sockeye.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sockeye.socketio.server.SocketIoServer;
import dev.sockeye.socketio.server.SocketIoServerOptions;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The registrations on namespaces")
class NamespaceHooksTest {
    private static final int NAMESPACES = 200;

    private final AtomicInteger installed = new AtomicInteger();
    private final AtomicInteger closed = new AtomicInteger();
    private final SocketIoServer io = SocketIoServer.create(
            SocketIoServerOptions.builder().cleanupEmptyChildNamespaces(true).build());

    @AfterEach
    void close() {
        io.close();
    }

    private NamespaceHooks install() {
        return NamespaceHooks.install(io, namespace -> {
            installed.incrementAndGet();
            return closed::incrementAndGet;
        });
    }

    @Test
    void thoseOfNamespacesThatNoLongerExistAreForgotten() throws Exception {
        io.of(Pattern.compile("^/dynamic-"));
        io.listen(0);
        NamespaceHooks hooks = install();
        WebSocket client = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .buildAsync(
                        URI.create("ws://localhost:" + io.port() + "/socket.io/?EIO=4&transport=websocket"),
                        new WebSocket.Listener() {})
                .join();
        client.sendText("40", true).join(); // otherwise the session would end with its last namespace
        for (int i = 0; i < NAMESPACES; i++) {
            client.sendText("40/dynamic-" + i + ",", true).join();
            client.sendText("41/dynamic-" + i + ",", true).join();
        }
        await().atMost(Duration.ofSeconds(30)).until(() -> installed.get() > NAMESPACES);
        assertThat(hooks.size()).isLessThan(NAMESPACES);
        client.abort();
    }

    @Test
    void eachNamespaceIsInstalledOnceAndClosedOnce() {
        NamespaceHooks hooks = install();
        io.of("/other");
        io.of("/other");
        assertThat(installed).hasValue(2);
        hooks.close();
        hooks.close();
        io.of("/third");
        assertThat(installed).hasValue(2);
        assertThat(closed).hasValue(2);
    }
}
