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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An adapter whose store is sometimes unavailable: one of its calls throws. */
class FailingAdapterTest {
    private String failing = "";
    private @Nullable Error thrown;
    private final TestServer server =
            new TestServer(options -> options.connectionStateRecovery(recovery -> recovery.skipMiddlewares(false))
                    .adapter(namespace -> {
                        Adapter real = new InMemoryAdapter(namespace);
                        return (Adapter) Proxy.newProxyInstance(
                                getClass().getClassLoader(), new Class<?>[] {Adapter.class}, (proxy, method, args) -> {
                                    if (method.getName().equals(failing) && thrown != null) {
                                        throw thrown;
                                    }
                                    if (method.getName().equals(failing)) {
                                        throw new IllegalStateException("expected in the log of this test: " + failing);
                                    }
                                    if (method.getName().equals("restoreSession") && failing.equals("resume")) {
                                        return CompletableFuture.completedFuture(new LostSession());
                                    }
                                    if (method.getName().equals("restoreSession") && failing.equals("rooms")) {
                                        return CompletableFuture.completedFuture(new CrowdedSession());
                                    }
                                    if (method.getName().equals("restoreSession") && failing.equals("release")) {
                                        return CompletableFuture.completedFuture(new UnreleasableSession());
                                    }
                                    if (method.getName().equals("restoreSession") && failing.equals("data")) {
                                        return CompletableFuture.completedFuture(new SessionWithNull());
                                    }
                                    try {
                                        return method.invoke(real, args);
                                    } catch (InvocationTargetException e) {
                                        throw e.getCause();
                                    }
                                });
                    }));
    private final List<String> seen = new ArrayList<>();

    FailingAdapterTest() {
        server.io.onConnection(
                socket -> socket.onDisconnect((reason, description) -> seen.add("disconnect " + reason)));
    }

    private void leaves(String call) {
        FakeClient client = server.open();
        client.text("40");
        failing = call;
        client.drop();
        assertThat(seen).containsExactly("disconnect transport close");
        assertThat(Peek.members(server.io.sockets())).isZero();
    }

    @Test
    void aSocketIsRemovedEvenIfItsSessionCannotBePersisted() {
        leaves("persistSession");
    }

    @Test
    void aSocketIsRemovedEvenIfItCannotLeaveItsRooms() {
        leaves("delAll");
    }

    @Test
    void aClientWhoseRoomCannotBeCreatedGetsAConnectErrorAndCanRetry() {
        failing = "addAll";
        FakeClient client = server.open();
        client.text("40");
        assertThat(client.next()).isEqualTo("44{\"message\":\"the server failed to join the namespace\"}");
        assertThat(Peek.members(server.io.sockets())).isZero();
        failing = "";
        client.text("40");
        assertThat(client.next()).startsWith("40{\"sid\":");
    }

    @Test
    void aNewSessionIsCreatedIfTheRestoreFails() {
        failing = "restoreSession";
        FakeClient client = server.open();
        client.text("40{\"pid\":\"abc\"}");
        assertThat(client.next()).startsWith("40{\"sid\":");
    }

    @Test
    void aNewSocketIsCreatedIfTheSessionCannotBeResumed() {
        failing = "resume";
        FakeClient client = server.open();
        client.text("40{\"pid\":\"abc\",\"offset\":\"1\"}");
        assertThat(client.next()).startsWith("40{\"sid\":").doesNotContain("lost-id");
        client.drop();
        assertThat(seen).containsExactly("disconnect transport close");
        assertThat(Peek.members(server.io.sockets())).isZero();
    }

    /** Found, but expired before the client uses it. */
    private static final class LostSession implements RestoredSession {
        @Override
        public Session session() {
            return new Session("lost-id", "abc", Set.of("lost-id", "room"), Map.of(), null);
        }

        @Override
        public void resume(EngineLoop loop, Runnable admit, Consumer<List<EncodedPacket>> write) {
            throw new IllegalStateException("expected in the log of this test: the client missed too much");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"persistSession", "delAll"})
    void aSocketIsRemovedAfterAnErrorOfTheAdapter(String call) {
        thrown = new LinkageError("thrown by the test");
        leaves(call);
    }

    @Test
    void aClientIsRefusedAfterAnErrorOfTheAdapterAndCanRetry() {
        thrown = new LinkageError("thrown by the test");
        aClientWhoseRoomCannotBeCreatedGetsAConnectErrorAndCanRetry();
    }

    @Test
    void aNewSessionIsCreatedAfterAnErrorDuringTheRestore() {
        thrown = new LinkageError("thrown by the test");
        aNewSessionIsCreatedIfTheRestoreFails();
    }

    @Test
    void aNewSocketIsCreatedIfTheSessionHasMoreRoomsThanAllowed() {
        failing = "rooms";
        FakeClient client = server.open();
        client.text("40{\"pid\":\"abc\",\"offset\":\"1\"}");
        assertThat(client.next()).startsWith("40{\"sid\":").doesNotContain("crowded-id");
        client.drop();
        assertThat(seen).containsExactly("disconnect transport close");
        assertThat(Peek.members(server.io.sockets())).isZero();
    }

    /** In more rooms than a socket of this server may join, because it comes from another server of the cluster. */
    private static final class CrowdedSession implements RestoredSession {
        @Override
        public Session session() {
            Set<String> rooms =
                    IntStream.range(0, 100_000).mapToObj(i -> "room" + i).collect(Collectors.toSet());
            return new Session("crowded-id", "abc", rooms, Map.of(), null);
        }

        @Override
        public void resume(EngineLoop loop, Runnable admit, Consumer<List<EncodedPacket>> write) {
            throw new AssertionError("not expected");
        }
    }

    @Test
    void theOtherSocketsOfAConnectionLeaveEvenIfASessionCannotBeReleased() {
        server.io.use((socket, next) -> {}); // never decides
        server.io.of("/other").onConnection(socket -> socket.onDisconnect((reason, details) -> seen.add("left")));
        FakeClient client = server.open();
        client.text("40/other,");
        failing = "release";
        client.text("40{\"pid\":\"abc\",\"offset\":\"1\"}");
        client.drop();
        assertThat(seen).containsExactly("left");
        assertThat(Peek.members(server.io.of("/other"))).isZero();
        assertThat(Peek.members(server.io.sockets())).isZero();
    }

    /** {@code socket.data.user = null} on a Node.js server of the cluster. */
    @Test
    void aSessionWhoseDataContainsNullIsRecoveredWithoutIt() {
        List<Map<String, Object>> data = new ArrayList<>();
        server.io.onConnection(socket -> data.add(socket.data()));
        failing = "data";
        FakeClient client = server.open();
        client.text("40{\"pid\":\"abc\",\"offset\":\"1\"}");
        assertThat(client.next()).startsWith("40{\"sid\":\"node-id\"");
        assertThat(data).containsExactly(Map.of("color", "red"));
    }

    private static final class UnreleasableSession implements RestoredSession {
        @Override
        public Session session() {
            return new Session("kept-id", "abc", Set.of("kept-id"), Map.of(), null);
        }

        @Override
        public void resume(EngineLoop loop, Runnable admit, Consumer<List<EncodedPacket>> write) {
            throw new AssertionError("not expected");
        }

        @Override
        public void release() {
            throw new LinkageError("expected in the log of this test");
        }
    }

    private static final class SessionWithNull implements RestoredSession {
        @Override
        @SuppressWarnings("NullAway") // as decoders of documents return it
        public Session session() {
            Map<String, Object> data = new HashMap<>(Map.of("color", "red"));
            data.put("user", null);
            return new Session("node-id", "abc", Set.of("node-id"), data, null);
        }

        @Override
        public void resume(EngineLoop loop, Runnable admit, Consumer<List<EncodedPacket>> write) {
            admit.run();
            write.accept(List.of());
        }
    }

    @Test
    void aSocketExpiresEvenIfItsClientCannotBeNotified() {
        server.io.onConnection(socket -> socket.expireAt(server.loop.now().plusSeconds(1)));
        FakeClient client = server.open();
        client.text("40");
        failing = "broadcast";
        server.loop.advance(Duration.ofSeconds(1));
        assertThat(seen).containsExactly("disconnect server namespace disconnect");
        assertThat(client.messages()).endsWith("41");
    }
}
