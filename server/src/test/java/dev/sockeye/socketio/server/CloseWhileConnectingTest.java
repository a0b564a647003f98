package dev.sockeye.socketio.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.engineio.host.EngineLoop;
import dev.sockeye.socketio.adapter.Adapter;
import dev.sockeye.socketio.adapter.InMemoryAdapter;
import dev.sockeye.socketio.adapter.RestoredSession;
import dev.sockeye.socketio.adapter.Session;
import dev.sockeye.socketio.protocol.EncodedPacket;
import dev.sockeye.socketio.server.internal.Peek;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** The server is closed while CONNECT requests are in progress. */
class CloseWhileConnectingTest {
    private final List<String> seen = new ArrayList<>();
    private final CompletableFuture<RestoredSession> found = new CompletableFuture<>();
    private final TestServer server = server(false, HandlerExecution.eventLoop());

    private TestServer server(boolean skipMiddlewares, HandlerExecution execution) {
        return new TestServer(options -> options.connectionStateRecovery(
                        recovery -> recovery.skipMiddlewares(skipMiddlewares))
                .execution(execution)
                .adapter(namespace -> {
                    Adapter real = new InMemoryAdapter(namespace);
                    return (Adapter) Proxy.newProxyInstance(
                            getClass().getClassLoader(), new Class<?>[] {Adapter.class}, (proxy, method, args) -> {
                                if (method.getName().equals("restoreSession")) {
                                    return found;
                                }
                                if (method.getName().equals("close")) {
                                    seen.add("adapter closed");
                                }
                                try {
                                    return method.invoke(real, args);
                                } catch (InvocationTargetException e) {
                                    throw e.getCause();
                                }
                            });
                }));
    }

    private final class Taken implements RestoredSession {
        @Override
        public Session session() {
            return new Session("taken-id", "abc", Set.of("taken-id"), Map.of(), null);
        }

        @Override
        public void resume(EngineLoop loop, Runnable admit, Consumer<List<EncodedPacket>> write) {
            seen.add("resumed");
            admit.run();
            write.accept(List.of());
        }

        @Override
        public void release() {
            seen.add("session released");
        }
    }

    private void letTimePass() {
        for (int i = 0; i < 20; i++) {
            server.loop.advance(Duration.ofMillis(50));
        }
    }

    @Test
    void theSessionOfAClientInAMiddlewareIsReleasedBeforeTheAdapterIsClosed() {
        List<Next> undecided = new ArrayList<>();
        server.io.use((socket, next) -> undecided.add(next));
        FakeClient client = server.open();
        client.text("40{\"pid\":\"abc\",\"offset\":\"1\"}");
        found.complete(new Taken());
        server.loop.run();
        assertThat(undecided).hasSize(1);
        CompletableFuture<Void> closed = server.io.closeAsync();
        letTimePass();
        assertThat(closed).isCompleted();
        assertThat(seen).containsExactly("session released", "adapter closed");
        undecided.get(0).next();
        server.loop.run();
        assertThat(seen).hasSize(2);
        assertThat(client.closed()).isTrue();
        assertThat(Peek.members(server.io.sockets())).isZero();
    }

    @Test
    void theCloseWaitsForASessionThatIsBeingSearched() {
        FakeClient client = server.open();
        client.text("40{\"pid\":\"abc\",\"offset\":\"1\"}");
        CompletableFuture<Void> closed = server.io.closeAsync();
        letTimePass();
        assertThat(closed).isNotDone();
        found.complete(new Taken());
        letTimePass();
        assertThat(closed).isCompleted();
        assertThat(seen).containsExactly("session released", "adapter closed");
        assertThat(Peek.members(server.io.sockets())).isZero();
    }

    /** Behind a handler that was slower than the close. */
    @Test
    void aConnectThatIsHandledAfterTheCloseIsIgnored() {
        ArrayDeque<Runnable> handlers = new ArrayDeque<>();
        TestServer slow = server(true, HandlerExecution.pool(handlers::add));
        found.complete(new Taken());
        FakeClient client = slow.open();
        client.text("40{\"pid\":\"abc\",\"offset\":\"1\"}");
        CompletableFuture<Void> closed = slow.io.closeAsync();
        for (int i = 0; i < 20; i++) {
            slow.loop.advance(Duration.ofMillis(50));
        }
        assertThat(closed).isCompleted();
        assertThat(client.closed()).isTrue();
        while (!handlers.isEmpty()) {
            handlers.remove().run();
        }
        assertThat(seen).containsExactly("adapter closed");
        assertThat(Peek.members(slow.io.sockets())).isZero();
    }

    /** As when another server of the cluster has taken its session. */
    @Test
    void theAdapterIsOpenUntilASocketThatAnotherThreadDisconnectsHasLeft() {
        ArrayDeque<Runnable> handlers = new ArrayDeque<>();
        TestServer slow = server(true, HandlerExecution.pool(handlers::add));
        slow.io.onConnection(socket -> {
            socket.onDisconnect((reason, details) -> seen.add("left"));
            socket.on("close", () -> {
                var unused = slow.io.closeAsync();
                CompletableFuture.runAsync(() -> socket.disconnect(false), task -> new Thread(task).start())
                        .join();
            });
        });
        slow.open().text("40").text("42[\"close\"]");
        while (!handlers.isEmpty()) {
            handlers.remove().run();
        }
        slow.loop.advance(Duration.ofSeconds(1));
        assertThat(seen).containsExactly("left", "adapter closed");
    }
}
