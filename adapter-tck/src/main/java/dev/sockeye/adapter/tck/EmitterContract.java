package dev.sockeye.adapter.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sockeye.socketio.Registration;
import dev.sockeye.socketio.adapter.cluster.Emitter;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What an emitter, in a process without a server, can do with the clients of all servers. */
abstract class EmitterContract extends RecoveryContract {
    private static final int BATCH = 20;

    private Emitter emitter() throws Exception {
        Emitter emitter = broker().emitter();
        assumeTrue(emitter != null, "there is no emitter for this adapter");
        return Objects.requireNonNull(emitter);
    }

    @Test
    void emitterEventsReachTheClientsOfAllServersInCallOrder() throws Exception {
        setRooms();
        try (Emitter emitter = emitter();
                TestClient other = new TestClient(io, servers.get(1), TestServer.OTHER)) {
            emitter.to("a").emit("event", "to a");
            emitter.to("a", "b").emit("event", "to both");
            emitter.except("a").emit("event", "except a");
            emitter.in("b").except("a").compress(false).emit("event", "b without a");
            emitter.to("nowhere").emit("event", "to nobody");
            emitter.to(id(1)).emit("event", "to one");
            emitter.of(TestServer.OTHER).emit("event", "other");
            TestServer.await(emitter.batch(batch -> {
                for (int i = 0; i < BATCH; i++) {
                    batch.to("b").emit("event", i);
                }
            }));
            TestClient.end(emitter);
            List<Object> batch = new ArrayList<>();
            for (int i = 0; i < BATCH; i++) {
                batch.add(i);
            }
            assertThat(clients.get(0).labels()).isEqualTo(List.of("to a", "to both"));
            assertThat(clients.get(1).labels()).isEqualTo(with(batch, "to a", "to both", "to one"));
            assertThat(clients.get(2).labels()).isEqualTo(with(batch, "to both", "except a", "b without a"));
            assertThat(other.next().get(0)).isEqualTo("other");
        }
        clearRooms();
    }

    private static List<@Nullable Object> with(List<Object> later, String... first) {
        List<@Nullable Object> all = new ArrayList<>(List.of(first));
        all.addAll(later);
        return all;
    }

    @Test
    void anEmitterJoinsLeavesAndDisconnectsSocketsAndEmitsToServers() throws Exception {
        try (Emitter emitter = emitter()) {
            emitter.to(id(0)).socketsJoin("e");
            awaitRoom("e", Set.of(id(0)));
            emitter.socketsJoin("e", "f");
            awaitRoom("f", Set.of(id(0), id(1), id(2)));
            emitter.to("f").except(id(1)).socketsLeave("e");
            awaitRoom("e", Set.of(id(1)));
            emitter.socketsLeave("e", "f");
            awaitRoom("f", Set.of());
            emitter.serverSideEmit("server", "hello", List.of(1, "x"));
            for (TestServer server : servers) {
                until(() -> !server.serverEvents.isEmpty());
                assertThat(server.serverEvents).containsExactly(List.of("hello", List.of(1, "x")));
            }
            emitter.to(id(2)).disconnectSockets(false);
            until(() -> !clients.get(2).socket.connected());
            assertThat(clients.get(0).socket.connected()).isTrue();
            clients.get(2).socket.connect();
        }
        settle();
    }

    @Test
    void emitterDisconnectSocketsSendsTheReasonToTheClients() throws Exception {
        List<String> told = new CopyOnWriteArrayList<>();
        Registration listener =
                clients.get(1).socket.onDisconnect((reason, details) -> told.add(details.description()));
        try (Emitter emitter = emitter()) {
            emitter.to(id(1)).disconnectSockets("maintenance");
            until(() -> !told.isEmpty());
            assertThat(told).containsExactly("maintenance");
            assertThat(clients.get(0).socket.connected()).isTrue();
        }
        listener.close();
        clients.get(1).socket.connect();
        settle();
    }

    private void awaitRoom(String room, Set<String> ids) {
        for (TestServer server : servers) {
            until(() -> server.ids(room).equals(ids));
        }
    }
}
