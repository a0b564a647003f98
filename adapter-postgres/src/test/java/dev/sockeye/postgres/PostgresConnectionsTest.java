package dev.sockeye.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/** What remains on connections and in transactions, and names that PostgreSQL cannot take. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PostgresConnectionsTest {
    private PostgresProcess postgres;
    private String database;
    private DataSource source;

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
    void createDatabase() throws Exception {
        database = postgres.database();
        source = postgres.source(database);
    }

    /** Keeps the connections open when they are given back. */
    private static DataSource pool(DataSource source, List<Connection> givenBack) {
        return proxy(DataSource.class, source, (method, result) -> {
            Connection connection = (Connection) result;
            return proxy(Connection.class, connection, (name, made) -> {
                if (name.equals("close")) {
                    givenBack.add(connection);
                }
                return made;
            });
        });
    }

    private interface Change {
        Object of(String method, Object result) throws SQLException;
    }

    private static <T> T proxy(Class<T> type, T target, Change change) {
        return type.cast(Proxy.newProxyInstance(
                PostgresConnectionsTest.class.getClassLoader(), new Class<?>[] {type}, (proxy, method, args) -> {
                    try {
                        return change.of(
                                method.getName(),
                                method.getName().equals("close") ? null : method.invoke(target, args));
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }

    private static Object value(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery(query)) {
            found.next();
            return found.getObject(1);
        }
    }

    @Test
    void aConnectionThatIsGivenBackAfterAFailureDoesNotListen() throws Exception {
        List<Connection> givenBack = new CopyOnWriteArrayList<>();
        PostgresOptions options = PostgresOptions.builder()
                .createTables(false) // they are missing
                .listenDataSource(pool(source, givenBack))
                .build();
        JavaPeer server = new JavaPeer(PostgresDurableAdapter.create(source, options), null);
        try {
            Awaiting.until(() -> !givenBack.isEmpty());
        } finally {
            server.close();
        }
        assertThat(value(givenBack.get(0), "SELECT count(*) FROM pg_listening_channels()"))
                .isEqualTo(0L);
        for (Connection connection : givenBack) {
            connection.close();
        }
    }

    /** A client may choose the name of a dynamic namespace; LISTEN fails with this one. */
    @Test
    void aNamespaceWithAZeroCharacterIsRefusedAndTheOthersAreServed() throws Exception {
        JavaPeer server = new JavaPeer(PostgresAdapter.create(source), null);
        try {
            Awaiting.until(() -> server.adapter().health().connected());
            assertThatThrownBy(() -> server.io.of("/tenant-1\0"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("U+0000");
            assertThat(server.adapter().health().connected()).isTrue();
        } finally {
            server.close();
        }
    }

    /** Takes three seconds: so long events wait for the lock. */
    @Test
    void aTransactionThatKeepsTheLockOfPositionsIsReportedAndNoConnectionStaysBehind() throws Exception {
        Link link = new Link(source, PostgresOptions.defaults(), true);
        EventAppender appender = link.retain().appender();
        try (PostgresEmitter emitter = PostgresEmitter.connectDurable(source);
                Connection holding = source.getConnection();
                Connection looking = source.getConnection()) {
            appender.add("/", new byte[0], false, offset -> {});
            Awaiting.until(() -> appender.waiting() == 0);
            holding.setAutoCommit(false);
            emitter.in(holding).emit("event");
            try (Statement statement = holding.createStatement()) {
                statement.execute("SET CONSTRAINTS ALL IMMEDIATE");
            }
            appender.add("/", new byte[0], false, offset -> {});
            Awaiting.until(() -> link.health().problem() != null
                    && link.health().problem().contains("SET CONSTRAINTS ALL IMMEDIATE"));
            assertThat((Long) value(looking, "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'advisory'"))
                    .isLessThanOrEqualTo(1);
            holding.commit();
            Awaiting.until(() -> appender.waiting() == 0 && link.health().problem() == null);
        } finally {
            link.release().join();
        }
    }

    /** The encoding of the database lacks the characters of a namespace, which a client may choose. */
    private DataSource latin() throws Exception {
        postgres.execute("postgres", "CREATE DATABASE " + database + "_latin ENCODING 'LATIN1' TEMPLATE template0");
        return postgres.source(database + "_latin");
    }

    @Test
    void anEventThatTheDatabaseCannotStoreDoesNotStopTheOthers() throws Exception {
        DataSource latin = latin();
        PostgresOptions options = PostgresOptions.defaults();
        Link link = new Link(latin, options, true);
        EventAppender appender = link.retain().appender();
        try {
            List<String> applied = new CopyOnWriteArrayList<>();
            appender.add("/\u65e5\u672c", new byte[0], true, offset -> applied.add("alone " + offset));
            appender.add("/", new byte[0], false, offset -> {});
            Awaiting.until(() -> appender.waiting() == 0);
            assertThat(link.health().lost()).isEqualTo(1);
            assertThat(applied).containsExactly("alone null");
            try (Connection connection = latin.getConnection()) {
                assertThat(value(connection, "SELECT count(*) FROM socket_io_events WHERE nsp = '/'"))
                        .isEqualTo(1L);
            }
        } finally {
            link.release().join();
        }
    }

    @Test
    void aChannelThatTheDatabaseCannotNameDoesNotStopTheOthers() throws Exception {
        JavaPeer server = new JavaPeer(PostgresAdapter.create(latin()), null);
        try {
            Awaiting.until(() -> server.adapter().health().connected());
            server.io.of("/\u65e5\u672c");
            server.io.of("/later");
            server.answer("event", "answer", false);
            JavaPeer other = new JavaPeer(PostgresAdapter.create(postgres.source(database + "_latin")), null);
            try {
                Awaiting.until(() -> {
                    other.serverSideEmit("event");
                    return !server.serverEvents().isEmpty();
                });
            } finally {
                other.close();
            }
            assertThat(server.adapter().health().connected()).isTrue();
        } finally {
            server.close();
        }
    }

    @Test
    void anInvalidUrlIsReportedWithoutItsPassword() {
        assertThatThrownBy(() -> PostgresEmitter.connect("jdbc:postgres://host/database?user=joe&password=secret"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasNoCause()
                .hasMessageContaining("jdbc:postgres://host/database")
                .hasMessageNotContaining("secret");
    }

    /** The functions of the tables name the channel that signals new events. */
    @Test
    void aServerWithAnotherPrefixListensToTheChannelOfTheExistingTables() throws Exception {
        PostgresOptions before =
                PostgresOptions.builder().channelPrefix("it's before").build();
        postgres.execute(database, PostgresSchema.attachments(before).toArray(String[]::new));
        postgres.execute(database, PostgresSchema.durable(before).toArray(String[]::new));
        List<Connection> listening = new CopyOnWriteArrayList<>();
        PostgresOptions after = PostgresOptions.builder()
                .channelPrefix("after")
                .listenDataSource(proxy(DataSource.class, source, (method, result) -> {
                    if (result instanceof Connection connection) {
                        listening.add(connection);
                    }
                    return result;
                }))
                .build();
        JavaPeer server = new JavaPeer(PostgresDurableAdapter.create(source, after), null);
        try {
            Awaiting.until(() -> server.adapter().health().connected());
            assertThat(value(listening.get(0), "SELECT string_agg(c, ' ') FROM pg_listening_channels() AS c"))
                    .asString()
                    .contains("it's before!events", "after#/");
        } finally {
            server.close();
        }
    }

    /** The default of the column is the start of the transaction: servers would delete the row before they read it. */
    @Test
    void anAttachmentOutlivesTheTransactionThatSendsIt() throws Exception {
        postgres.execute(
                database, PostgresSchema.attachments(PostgresOptions.defaults()).toArray(String[]::new));
        try (PostgresEmitter emitter = PostgresEmitter.connect(source);
                Connection connection = source.getConnection()) {
            connection.setAutoCommit(false);
            Timestamp begin = (Timestamp) value(connection, "SELECT now()");
            emitter.in(connection).emit("binary", new byte[] {1});
            connection.commit();
            Timestamp created = (Timestamp) value(connection, "SELECT created_at FROM socket_io_attachments");

            assertThat(created.toInstant()).isAfter(begin.toInstant().plus(NotifySql.TRANSACTION));
        }
    }

    /** Attachments of emitters, too: each server deletes them. */
    @Test
    void onlyOldAttachmentsAreDeleted() throws Exception {
        PostgresOptions options = PostgresOptions.builder()
                .cleanupInterval(Duration.ofMillis(100))
                .build();
        postgres.execute(database, PostgresSchema.attachments(options).toArray(String[]::new));
        String insert =
                "INSERT INTO socket_io_attachments (created_at, payload) VALUES (now() %s interval '1 minute', 'x')";
        postgres.execute(database, insert.formatted("-"), insert.formatted("+"));
        JavaPeer server = new JavaPeer(PostgresAdapter.create(source, options), null);
        try (Connection connection = source.getConnection()) {
            Awaiting.until(() -> value(connection, "SELECT count(*) FROM socket_io_attachments")
                    .equals(1L));
            assertThat(value(connection, "SELECT created_at > now() FROM socket_io_attachments"))
                    .isEqualTo(true);
        } finally {
            server.close();
        }
    }

    /** PostgreSQL delivers equal notifications of a transaction once. */
    @Test
    void equalMessagesOfTwoEmittersInOneTransactionAreBothSent() throws Exception {
        try (PostgresEmitter one = PostgresEmitter.connect(source);
                PostgresEmitter two = PostgresEmitter.connect(source);
                Connection listening = source.getConnection();
                Connection connection = source.getConnection()) {
            try (Statement statement = listening.createStatement()) {
                statement.execute("LISTEN \"socket.io#/\"");
            }
            connection.setAutoCommit(false);
            one.in(connection).emit("saved");
            two.in(connection).emit("saved");
            connection.commit();
            value(listening, "SELECT 1");
            PGNotification[] all = listening.unwrap(PGConnection.class).getNotifications(10_000);

            assertThat(all).hasSize(2);
        }
    }

    @Test
    void aPrefixMayContainTheQuotesOfAFunction() throws Exception {
        PostgresOptions options =
                PostgresOptions.builder().channelPrefix("a$$b$sockeye1$'c").build();
        postgres.execute(database, PostgresSchema.durable(options).toArray(String[]::new));
        try (PostgresEmitter emitter = PostgresEmitter.connectDurable(source, options)) {
            emitter.emit("event").join();
        }
        try (Connection connection = source.getConnection()) {
            assertThat(value(connection, "SELECT count(*) FROM socket_io_events"))
                    .isEqualTo(1L);
        }
    }
}
