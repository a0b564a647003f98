package dev.sockeye.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sockeye.postgres.Peer.To;
import dev.sockeye.socketio.adapter.BroadcastFlags;
import dev.sockeye.socketio.adapter.BroadcastOptions;
import dev.sockeye.socketio.adapter.RestoredSession;
import dev.sockeye.socketio.adapter.Session;
import dev.sockeye.socketio.adapter.cluster.ClusterCodec;
import dev.sockeye.socketio.adapter.cluster.ClusterMessage;
import dev.sockeye.socketio.adapter.cluster.Emitter;
import dev.sockeye.socketio.server.ConnectionStateRecovery;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** {@link PostgresDurableAdapter}: two servers with connection state recovery, official clients. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DurableClusterTest {
    private static final PostgresOptions OPTIONS = PostgresOptions.builder()
            .heartbeatInterval(Duration.ofMillis(300))
            .heartbeatTimeout(Duration.ofSeconds(3))
            .requestsTimeout(Duration.ofSeconds(3))
            .build();

    private PostgresProcess postgres;
    private String database;
    private Cluster cluster;

    @BeforeAll
    void startPostgres() throws Exception {
        postgres = PostgresProcess.begin();
    }

    @AfterAll
    void stopPostgres() throws Exception {
        if (postgres != null) {
            postgres.close();
        }
    }

    @BeforeEach
    void start() throws Exception {
        database = postgres.database();
        cluster = new Cluster();
        cluster.peers.add(java());
        cluster.peers.add(java());
        cluster.clientOfEach();
        cluster.ready();
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    private JavaPeer java() throws Exception {
        return new JavaPeer(
                PostgresDurableAdapter.create(postgres.source(database), OPTIONS), ConnectionStateRecovery.defaults());
    }

    /** Without the offset that each event has for its last argument. */
    private static List<List<?>> plain(List<Object> events) {
        List<List<?>> all = new ArrayList<>();
        for (Object event : events) {
            List<?> list = (List<?>) event;
            all.add(((String) list.get(0)).startsWith("(") ? list : list.subList(0, list.size() - 1));
        }
        return all;
    }

    private List<List<?>> received(int client, int number) {
        return plain(cluster.received(client, number));
    }

    @Test
    void allClientsReceiveAllEventsInTheSameOrder() {
        for (int i = 0; i < 200; i++) {
            cluster.peers.get(i % 2).emit(To.ALL, "event", i, new byte[] {(byte) i});
        }
        List<Object> first = cluster.received(0, 200);
        assertThat(first).hasSize(200);
        assertThat(cluster.received(1, 200)).isEqualTo(first);
        List<Long> offsets = first.stream()
                .map(event -> Long.valueOf((String) ((List<?>) event).get(3)))
                .toList();
        assertThat(offsets).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void requestsAreAnswered() {
        cluster.reply(0, "zero");
        cluster.reply(1, "one");
        assertThat(cluster.peers
                        .get(0)
                        .emitWithAck(To.ALL, Duration.ofSeconds(10), "ack")
                        .values())
                .asString()
                .contains("zero", "one");
        cluster.peers.get(1).answer("asked", "answer", false);
        assertThat(cluster.peers.get(0).serverSideEmitWithAck("asked").values())
                .asString()
                .isEqualTo("[answer]");
        cluster.peers.get(0).join(To.ALL, "room");
        Awaiting.until(() -> cluster.peers.get(1).fetchSockets(To.room("room")).size() == 2);
    }

    @Test
    void noEventsAreLostDuringAPostgresOutage() throws Exception {
        cluster.peers.get(0).emit(To.ALL, "before");
        assertThat(received(1, 1)).isEqualTo(List.of(List.of("before")));
        postgres.kill();
        for (int i = 0; i < 100; i++) {
            cluster.peers.get(0).emit(To.ALL, "away", i);
        }
        List<List<?>> own = received(0, 101).stream()
                .filter(event -> event.get(0).equals("away"))
                .toList();
        assertThat(own)
                .hasSizeGreaterThanOrEqualTo(99); // the clients here do not wait for it; the last have no offset to cut
        postgres.startAgain();
        List<List<?>> others = received(1, 100);
        assertThat(others)
                .isEqualTo(IntStream.range(0, 100)
                        .mapToObj(i -> List.of("away", i))
                        .toList());
        cluster.peers.get(1).emit(To.ALL, "after");
        assertThat(received(1, 1)).isEqualTo(List.of(List.of("after")));
    }

    /** The order of a sequence is not the order of commits: a transaction that commits late must not be passed over. */
    @Test
    void eventsOfATransactionThatCommitsLateAreNotLost() throws Exception {
        PostgresEmitter emitter = PostgresEmitter.connectDurable(postgres.source(database), OPTIONS);
        try (Connection slow = postgres.source(database).getConnection();
                Connection never = postgres.source(database).getConnection()) {
            slow.setAutoCommit(false);
            never.setAutoCommit(false);
            emitter.in(slow).emit("slow", 1);
            emitter.in(slow).emit("slow", 2);
            emitter.in(never).emit("never");
            emitter.emit("fast").join();
            cluster.peers.get(1).emit(To.ALL, "fast too");
            for (int i = 0; i < 2; i++) {
                assertThat(received(i, 2)).isEqualTo(List.of(List.of("fast"), List.of("fast too")));
            }
            never.rollback();
            slow.commit();
            for (int i = 0; i < 2; i++) {
                assertThat(received(i, 2)).isEqualTo(List.of(List.of("slow", 1), List.of("slow", 2)));
            }
        }
        emitter.close();
    }

    @Test
    void eventsOfConcurrentTransactionsAreAllDelivered() throws Exception {
        PostgresEmitter emitter = PostgresEmitter.connectDurable(postgres.source(database), OPTIONS);
        List<Thread> threads = new ArrayList<>();
        List<Throwable> errors = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            int thread = t;
            threads.add(new Thread(() -> {
                try (Connection connection = postgres.source(database).getConnection()) {
                    connection.setAutoCommit(false);
                    for (int i = 0; i < 50; i++) {
                        Emitter inTransaction = emitter.in(connection);
                        inTransaction.emit("of " + thread, i);
                        if (i % 10 == 9) {
                            inTransaction.emit("never");
                            connection.rollback();
                            inTransaction.emit("of " + thread, i);
                        }
                        connection.commit();
                    }
                } catch (SQLException | RuntimeException e) {
                    synchronized (errors) {
                        errors.add(e);
                    }
                }
            }));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(errors).isEmpty();
        for (int client = 0; client < 2; client++) {
            List<List<?>> received = received(client, 200);
            assertThat(received).hasSize(200);
            for (int t = 0; t < 4; t++) {
                String name = "of " + t;
                assertThat(received.stream()
                                .filter(event -> event.get(0).equals(name))
                                .<Object>map(event -> event.get(1)))
                        .isEqualTo(IntStream.range(0, 50).boxed().toList());
            }
        }
        emitter.close();
    }

    @Test
    void aClientReconnectingToAnotherServerReceivesItsMissedEvents() {
        int client = cluster.client(cluster.peers.get(0).url(), Map.of("reconnection", false));
        String id = cluster.ids.get(client);
        cluster.send(client, "join", "room");
        cluster.send(client, "data", Map.of("name", "joe"));
        cluster.peers.get(0).emit(To.ALL, "first");
        assertThat(received(client, 1)).isEqualTo(List.of(List.of("first")));
        cluster.drop(client, cluster.peers.get(1).url());
        cluster.received(client, 1);
        for (Peer peer : cluster.peers) {
            peer.emit(To.ALL, "to all");
            peer.emit(To.room("room"), "to the room");
            peer.emit(To.room("elsewhere"), "not for it");
            peer.emit(To.except("room"), "except");
        }
        cluster.comeBack(client);
        List<List<?>> seen = received(client, 5);
        assertThat(seen).contains(List.of("(connect)", true));
        assertThat(seen.stream().<Object>map(event -> event.get(0)))
                .containsExactlyInAnyOrder("(connect)", "to all", "to all", "to the room", "to the room");
        assertThat(cluster.status(client)).containsEntry("id", id);
        List<Map<String, Object>> found = cluster.peers.get(1).fetchSockets(To.room("room"));
        assertThat(found).hasSize(1);
        assertThat(found.get(0).get("data")).isEqualTo(Map.of("name", "joe"));
    }

    @Test
    void aClientRecoversOnANewServerAfterTheOldServersAreClosed() throws Exception {
        int client = cluster.client(cluster.peers.get(0).url(), Map.of("reconnection", false));
        cluster.peers.get(0).emit(To.ALL, "first");
        assertThat(received(client, 1)).isEqualTo(List.of(List.of("first")));
        JavaPeer fresh = java();
        cluster.drop(client, fresh.url());
        cluster.received(client, 1);
        cluster.peers.get(1).emit(To.ALL, "second");
        cluster.peers.get(0).close();
        cluster.peers.get(1).close();
        cluster.peers.add(fresh);
        cluster.comeBack(client);
        List<List<?>> seen = received(client, 2);
        assertThat(seen).contains(List.of("(connect)", true), List.of("second"));
    }

    /** A client of the first server whose session is stored. */
    private int client() {
        int client = cluster.client(cluster.peers.get(0).url(), Map.of("reconnection", false));
        cluster.peers.get(0).emit(To.ALL, "first");
        assertThat(received(client, 1)).isEqualTo(List.of(List.of("first")));
        String uid = ((JavaPeer) cluster.peers.get(0)).adapter().uid();
        String pid = String.valueOf(cluster.status(client).get("pid"));
        Awaiting.until(() -> holder(pid).equals(uid));
        return client;
    }

    private String holder(String pid) {
        try (Connection connection = postgres.source(database).getConnection();
                var statement = connection.prepareStatement(
                        "SELECT holder FROM " + OPTIONS.sessionsTable() + " WHERE pid = ?")) {
            statement.setString(1, pid);
            try (var found = statement.executeQuery()) {
                return found.next() ? found.getString(1) : "nobody";
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void theOldConnectionIsClosedWhenItsClientRecoversOnAnotherServer() {
        int old = client();
        Map<String, Object> status = cluster.status(old);
        Map<String, Object> auth = Map.of("pid", status.get("pid"), "offset", status.get("offset"));
        int fresh = cluster.client(cluster.peers.get(1).url(), Map.of("auth", auth));
        assertThat(cluster.status(fresh)).containsEntry("id", status.get("id"));
        assertThat(cluster.received(old, 1)).isEqualTo(List.of(List.of("(disconnect)", "transport close")));
        cluster.peers.get(0).emit(To.ALL, "second");
        assertThat(received(fresh, 1)).isEqualTo(List.of(List.of("second")));
    }

    /** It was sent when the client was at another server, from which it has returned. */
    @Test
    void aLateMessageOfATakeOverDoesNotDisconnectAClientThatIsBack() throws Exception {
        int client = client();
        String id = cluster.ids.get(client);
        ClusterMessage late = new ClusterMessage.DisconnectSockets(
                "another", "/", new BroadcastOptions(Set.of(id), Set.of(), BroadcastFlags.NONE), true);
        postgres.execute(
                database,
                "NOTIFY \"" + OPTIONS.channel("/") + "\", '"
                        + new String(ClusterCodec.encode(late), StandardCharsets.UTF_8) + "'");
        assertThat(cluster.peers.get(1).fetchSockets(To.ALL)) // the request arrives after it
                .extracting(found -> found.get("id"))
                .contains(id);
        cluster.peers.get(1).emit(To.ALL, "after");
        assertThat(received(client, 1)).isEqualTo(List.of(List.of("after")));
    }

    /** A client that reconnects immediately asks before its previous server has stored that it holds the session. */
    @Test
    void restoringASessionWaitsWhileAnotherServerIsTakingIt() throws Exception {
        JavaPeer server = (JavaPeer) cluster.peers.get(0);
        server.emit(To.ALL, "first");
        cluster.received(0, 1);
        Session session = new Session("sid", "pid", Set.of("room"), Map.of(), null);
        byte[] document = SessionStore.written(session, SessionStore.NOBODY, Duration.ofMinutes(1))
                .session();
        postgres.execute(
                database,
                "INSERT INTO " + OPTIONS.sessionsTable() + " (pid, holder, expires_at, session) VALUES ('pid',"
                        + " 'taking another', now() + interval '1 minute', '\\x"
                        + HexFormat.of().formatHex(document) + "')");
        // opened before, because the session is awaited for some seconds only
        try (Connection connection = postgres.source(database).getConnection();
                var release = connection.prepareStatement("UPDATE " + OPTIONS.sessionsTable() + " SET holder = ''")) {
            CompletableFuture<@Nullable RestoredSession> restored =
                    server.adapter().restoreSession("pid", server.adapter().currentOffset());
            assertThatThrownBy(() -> restored.get(150, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
            release.executeUpdate();
            assertThat(restored.get(10, TimeUnit.SECONDS)).isNotNull();
        }
    }

    @Test
    void aClientWithAnUnknownSessionOrOffsetGetsANewSession() {
        for (Map<String, String> auth :
                List.of(Map.of("pid", "unknown", "offset", "1"), Map.of("pid", "unknown", "offset", "abc"))) {
            int client = cluster.client(cluster.peers.get(0).url(), Map.of("auth", auth));
            assertThat(cluster.status(client)).containsEntry("recovered", false).containsEntry("connected", true);
        }
    }

    /** The first ones go; the last one stays, so that there always is an offset. */
    @Test
    void oldEventsAreDeleted() throws Exception {
        for (int i = 0; i < 30; i++) {
            cluster.peers.get(0).emit(To.ALL, "event", i);
        }
        cluster.received(1, 30);
        PostgresOptions few = OPTIONS.toBuilder().maxEvents(10).build();
        PostgresOptions none =
                OPTIONS.toBuilder().retention(Duration.ofMillis(1)).build();
        try (Connection connection = postgres.source(database).getConnection();
                var statement = connection.createStatement()) {
            long last = EventStore.extent(connection, OPTIONS).last();
            EventStore.cleanUp(statement, OPTIONS);
            assertThat(EventStore.extent(connection, OPTIONS).first()).isLessThan(last - 29);
            EventStore.cleanUp(statement, few);
            assertThat(EventStore.extent(connection, OPTIONS).first()).isEqualTo(last - 9);
            EventStore.cleanUp(statement, none);
            assertThat(EventStore.extent(connection, OPTIONS)).isEqualTo(new EventStore.Extent(last, last));
        }
    }
}
