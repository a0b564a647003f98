package dev.sockeye.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sockeye.postgres.Peer.To;
import dev.sockeye.socketio.adapter.AdapterFactory;
import dev.sockeye.socketio.adapter.cluster.ClusterHealth;
import dev.sockeye.socketio.server.ConnectionStateRecovery;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.postgresql.PGConnection;
import org.postgresql.ds.PGSimpleDataSource;

/** Two servers with a client each, whose PostgreSQL is down, hangs, or is not set up for them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PostgresFailuresTest {
    private static final PostgresOptions OPTIONS = PostgresOptions.builder()
            .heartbeatInterval(Duration.ofMillis(300))
            .heartbeatTimeout(Duration.ofSeconds(10))
            .requestsTimeout(Duration.ofSeconds(3))
            .build();

    private PostgresProcess postgres;
    private Cluster cluster;
    private String database;

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
    }

    @AfterEach
    void stop() throws Exception {
        postgres.resume();
        cluster.close();
    }

    private void servers(AdapterFactory one, AdapterFactory two, @Nullable ConnectionStateRecovery recovery)
            throws Exception {
        cluster.peers.add(new JavaPeer(one, recovery));
        cluster.peers.add(new JavaPeer(two, recovery));
        cluster.clientOfEach();
        cluster.ready();
    }

    private AdapterFactory compatible(PostgresOptions options) {
        return PostgresAdapter.create(postgres.source(database), options);
    }

    private AdapterFactory durable() {
        return PostgresDurableAdapter.create(postgres.source(database), OPTIONS);
    }

    private JavaPeer server(int index) {
        return (JavaPeer) cluster.peers.get(index);
    }

    private ClusterHealth health() {
        return server(0).adapter().health();
    }

    private List<Object> numbers(int client, int count) {
        return cluster.received(client, count).stream()
                .<Object>map(event -> ((List<?>) event).get(1))
                .toList();
    }

    private static List<Object> upTo(int count) {
        return IntStream.range(0, count).<Object>mapToObj(i -> i).toList();
    }

    @Test
    void duringAPostgresOutageLocalClientsAreServedAndLostMessagesAreCounted() throws Exception {
        servers(compatible(OPTIONS), compatible(OPTIONS), null);
        postgres.kill();
        Awaiting.until(() -> !health().connected());
        assertThat(health().problem()).contains("PostgreSQL");
        for (int i = 0; i < 10; i++) {
            server(0).emit(To.ALL, "away", i);
        }
        assertThat(numbers(0, 10)).isEqualTo(upTo(10));
        Awaiting.until(() -> health().lost() >= 10);
        postgres.startAgain();
        Awaiting.until(
                () -> health().connected() && server(1).adapter().health().connected());
        server(0).emit(To.ALL, "back", 1);
        assertThat(numbers(0, 1)).containsExactly(1);
        assertThat(numbers(1, 1)).containsExactly(1);
        assertThat(health().problem()).isNull();
    }

    /** A new connection would miss the messages between, and could not read it either. */
    @Test
    void anAttachmentThatCannotBeReadDoesNotEndTheConnection() throws Exception {
        servers(compatible(OPTIONS), compatible(OPTIONS), null);
        try (Connection connection = postgres.source(database).getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("ALTER TABLE socket_io_attachments RENAME COLUMN payload TO other");
            statement.execute("SELECT pg_notify('socket.io#/', '{\"uid\":\"x\",\"type\":3,\"attachmentId\":\"1\"}'),"
                    + " pg_notify('socket.io#/', '{\"uid\":\"x\",\"nsp\":\"/\",\"type\":3,\"data\":{\"packet\":"
                    + "{\"type\":2,\"data\":[\"n\",7]},\"opts\":{\"rooms\":[],\"except\":[],\"flags\":{}}}}')");
        }
        assertThat(numbers(0, 1)).containsExactly(7);
        assertThat(health().lost()).isOne();
        assertThat(health().problem()).contains("attachment");
        assertThat(health().connected()).isTrue();
    }

    private void losesNothing(@Nullable ConnectionStateRecovery recovery) throws Exception {
        servers(durable(), durable(), recovery);
        for (int i = 0; i < 200; i++) {
            server(0).emit(To.ALL, "n", i);
        }
        postgres.kill();
        for (int i = 200; i < 400; i++) {
            server(0).emit(To.ALL, "n", i);
        }
        assertThat(numbers(0, 400)).as("the client of the sending server").isEqualTo(upTo(400));
        postgres.startAgain();
        for (int i = 400; i < 600; i++) {
            server(0).emit(To.ALL, "n", i);
        }
        assertThat(numbers(1, 600)).as("the client of the other server").isEqualTo(upTo(600));
        assertThat(numbers(0, 200)).hasSize(200);
        assertThat(health().lost()).isZero();
    }

    @Test
    void theDurableAdapterNeitherLosesNorDuplicatesEventsWhenPostgresIsKilled() throws Exception {
        losesNothing(null);
    }

    @Test
    void theDurableAdapterWithRecoveryNeitherLosesNorDuplicatesEventsWhenPostgresIsKilled() throws Exception {
        losesNothing(ConnectionStateRecovery.defaults());
    }

    /** Makes a table reject inserts. */
    private void fillDisk(String table) throws Exception {
        postgres.execute(
                database,
                "CREATE FUNCTION is_full() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                        + " RAISE EXCEPTION 'No space left on device' USING ERRCODE = '53100'; END $$",
                "CREATE TRIGGER is_full BEFORE INSERT ON " + table + " EXECUTE FUNCTION is_full()");
    }

    @Test
    void onAFullDiskLongMessagesAreLostAndCountedWhileShortOnesArrive() throws Exception {
        servers(compatible(OPTIONS), compatible(OPTIONS), null);
        fillDisk("socket_io_attachments");
        try (Warnings warnings = new Warnings()) {
            for (int i = 0; i < 10; i++) {
                server(0).emit(To.ALL, "short", 2 * i);
                server(0).emit(To.ALL, "long", 2 * i + 1, "x".repeat(10_000));
            }
            server(0).emit(To.ALL, "short", 20);
            assertThat(numbers(0, 21)).isEqualTo(upTo(21));
            assertThat(numbers(1, 11))
                    .isEqualTo(
                            IntStream.range(0, 11).<Object>mapToObj(i -> 2 * i).toList());
            Awaiting.until(() -> health().lost() == 10);
            assertThat(health().connected()).isTrue();
            assertThat(warnings.texts).hasSize(1).first().asString().contains("No space left on device");
        }
    }

    @Test
    void onAFullDiskTheDurableAdapterLosesNothingAndLogsTheCauseOnce() throws Exception {
        servers(durable(), durable(), ConnectionStateRecovery.defaults());
        fillDisk("socket_io_events");
        try (Warnings warnings = new Warnings()) {
            for (int i = 0; i < 100; i++) {
                server(0).emit(To.ALL, "n", i);
            }
            assertThat(numbers(0, 100)).as("the client of the sending server").isEqualTo(upTo(100));
            Awaiting.until(() -> health().problem() != null);
            for (int i = 0; i < 3; i++) {
                assertThat(server(0).fetchSockets(To.ALL))
                        .as("requests do not need the table")
                        .hasSize(2);
                assertThat(health().problem()).contains("No space left on device", "free space on its disk");
                Awaiting.until(warnings::appendFailed);
            }
            assertThat(warnings.texts).hasSize(1);
        }
        assertThat(health().waiting()).isEqualTo(100);
        postgres.execute(database, "DROP FUNCTION is_full CASCADE");
        assertThat(numbers(1, 100)).as("the client of the other server").isEqualTo(upTo(100));
        Awaiting.until(() -> health().problem() == null);
        assertThat(health().lost()).isZero();
    }

    @Test
    void aHangingPostgresDoesNotDelayLocalClients() throws Exception {
        servers(durable(), durable(), ConnectionStateRecovery.defaults());
        postgres.pause();
        server(0).emit(To.ALL, "n", 0);
        server(0).emit(To.ALL, "n", 1);
        assertThat(numbers(0, 2)).isEqualTo(upTo(2));
        postgres.resume();
        assertThat(numbers(1, 2)).isEqualTo(upTo(2));
        Awaiting.until(() -> health().waiting() == 0);
        server(0).emit(To.ALL, "n", 2);
        assertThat(numbers(1, 1)).containsExactly(2);
        assertThat(numbers(0, 1)).containsExactly(2);
    }

    @Test
    void aMissingTableIsReportedAndShortMessagesStillArrive() throws Exception {
        PostgresOptions options = OPTIONS.toBuilder().createTables(false).build();
        servers(compatible(options), compatible(options), null);
        server(0).emit(To.ALL, "short", 0);
        server(0).emit(To.ALL, "long", 1, "x".repeat(10_000));
        server(0).emit(To.ALL, "short", 2);
        assertThat(numbers(1, 2)).isEqualTo(List.of(0, 2));
        Awaiting.until(() -> health().lost() == 1);
        PostgresEmitter emitter = PostgresEmitter.connect(postgres.source(database), options);
        assertThatThrownBy(() -> emitter.emit("long", "x".repeat(10_000)).join())
                .isInstanceOf(CompletionException.class)
                .hasMessageContaining("socket_io_attachments");
        try (Connection connection = postgres.source(database).getConnection()) {
            assertThatThrownBy(() -> emitter.in(connection).emit("long", "x".repeat(10_000)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("a table or function is missing");
        }
        emitter.close();
        postgres.execute(database, PostgresSchema.attachments(options).toArray(String[]::new));
        server(0).emit(To.ALL, "long", 3, "x".repeat(10_000));
        assertThat(numbers(1, 1)).containsExactly(3);
    }

    @Test
    void missingPrivilegesAreReported() throws Exception {
        postgres.execute(database, "CREATE ROLE weak LOGIN", "REVOKE CREATE ON SCHEMA public FROM PUBLIC");
        PGSimpleDataSource weak = new PGSimpleDataSource();
        weak.setURL(postgres.jdbcUrl(database));
        weak.setUser("weak");
        cluster.peers.add(new JavaPeer(PostgresDurableAdapter.create(weak, OPTIONS), null));
        Awaiting.until(() -> health().problem() != null
                && health().problem().contains("permission denied")
                && health().problem().contains("grant the user"));
    }

    @Test
    void aNamespaceThatIsTooLongIsRefused() throws Exception {
        servers(compatible(OPTIONS), compatible(OPTIONS), null);
        assertThatThrownBy(() -> server(0).io.of("/" + "ü".repeat(30)))
                .hasMessageContaining("too long for PostgreSQL")
                .hasMessageContaining("71 bytes");
        server(0).io.of("/" + "u".repeat(52));
    }

    /** Like PgBouncer in transaction mode: it accepts LISTEN, but delivers no notifications. */
    private static DataSource deaf(DataSource source) {
        return proxy(
                DataSource.class,
                source,
                (method, result) -> result instanceof Connection connection
                        ? proxy(
                                Connection.class,
                                connection,
                                (name, made) -> made instanceof Statement statement && name.equals("createStatement")
                                        ? proxy(Statement.class, statement, null)
                                        : made)
                        : result);
    }

    /** A data source that keeps a list of its connections. */
    private static DataSource listed(DataSource source, List<PGConnection> connections) {
        return proxy(DataSource.class, source, (method, result) -> {
            if (result instanceof Connection connection) {
                try {
                    connections.add(connection.unwrap(PGConnection.class));
                } catch (SQLException e) {
                    throw new AssertionError(e);
                }
            }
            return result;
        });
    }

    @Test
    void namedPreparedStatementsAreDisabledOnPooledConnections() throws Exception {
        List<PGConnection> pooled = new CopyOnWriteArrayList<>();
        PostgresOptions options =
                OPTIONS.toBuilder().listenDataSource(postgres.source(database)).build();
        AdapterFactory adapter = PostgresDurableAdapter.create(listed(postgres.source(database), pooled), options);
        servers(adapter, durable(), ConnectionStateRecovery.defaults());
        server(0).emit(To.ALL, "n", 0);
        assertThat(numbers(1, 1)).containsExactly(0);
        assertThat(server(0).fetchSockets(To.ALL)).hasSize(2);
        Awaiting.until(() -> health().waiting() == 0);
        assertThat(pooled).hasSizeGreaterThan(1).anyMatch(one -> one.getPrepareThreshold() == 0);
        cluster.close();
        assertThat(pooled).as("the pool gets them back unchanged").allMatch(one -> one.getPrepareThreshold() == 5);
    }

    private interface Change {
        Object of(String method, Object result);
    }

    private static <T> T proxy(Class<T> type, T target, @Nullable Change change) {
        return type.cast(Proxy.newProxyInstance(
                PostgresFailuresTest.class.getClassLoader(), new Class<?>[] {type}, (proxy, method, args) -> {
                    if (change == null
                            && args != null
                            && String.valueOf(args[0]).startsWith("LISTEN")) {
                        return true;
                    }
                    try {
                        Object result = method.invoke(target, args);
                        return change == null ? result : change.of(method.getName(), result);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }

    @Test
    void aConnectionWithoutNotificationsIsReported() throws Exception {
        DataSource deaf = deaf(postgres.source(database));
        JavaPeer peer = new JavaPeer(PostgresAdapter.create(deaf, OPTIONS), null);
        cluster.peers.add(peer);
        Awaiting.until(() -> health().problem() != null && health().problem().contains("PgBouncer"));
        assertThat(health().connected()).isFalse();
        PostgresOptions direct =
                OPTIONS.toBuilder().listenDataSource(postgres.source(database)).build();
        cluster.peers.add(new JavaPeer(PostgresAdapter.create(deaf, direct), null));
        cluster.peers.add(new JavaPeer(compatible(OPTIONS), null));
        int client = cluster.client(cluster.peers.get(1).url(), java.util.Map.of());
        Awaiting.until(() -> server(2).adapter().serverCount().join() >= 2);
        server(2).emit(To.ALL, "heard", 1);
        assertThat(numbers(client, 1)).containsExactly(1);
    }
}
