package dev.sockeye.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.socketio.adapter.Session;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Three servers with one real table. */
class SessionStoreTest {
    private static final PostgresOptions OPTIONS = PostgresOptions.defaults();

    private final SessionStore leaving = new SessionStore(OPTIONS, "1111111111111111");
    private final SessionStore killed = new SessionStore(OPTIONS, "2222222222222222");
    private final SessionStore next = new SessionStore(OPTIONS, "3333333333333333");
    private PostgresProcess postgres;
    private Connection connection;

    @BeforeEach
    void start() throws Exception {
        postgres = PostgresProcess.begin();
        connection = postgres.source(postgres.database()).getConnection();
        new Tables(OPTIONS, true).create(connection);
    }

    @AfterEach
    void stop() throws Exception {
        if (connection != null) {
            connection.close();
        }
        if (postgres != null) {
            postgres.close();
        }
    }

    private static SessionStore.Written session(String holder) {
        Session session = new Session("sid", "pid", Set.of("room"), Map.of(), "1");
        return SessionStore.written(session, holder, Duration.ofMinutes(1));
    }

    /** The server was killed between taking the session and storing that it holds it. */
    @Test
    void aSessionIsTakenFromADeadServerThatWasTakingIt() throws Exception {
        assertThat(leaving.write(connection, List.of(session("1111111111111111"))))
                .containsExactly(true);
        SessionStore.Kept first = killed.take(connection, "pid", "");
        assertThat(first).isNotNull();
        assertThat(first.heldByAnotherThan("2222222222222222")).isTrue();
        assertThat(next.take(connection, "pid", ""))
                .as("while it is being taken")
                .isNull();
        String taker = next.taker(connection, "pid");
        assertThat(taker).isNotNull().contains("2222222222222222");
        assertThat(next.take(connection, "pid", "taking another")).isNull();

        SessionStore.Kept kept = next.take(connection, "pid", taker);
        assertThat(kept).isNotNull();
        assertThat(kept.session().rooms()).containsExactly("room");
        assertThat(kept.heldByAnotherThan("3333333333333333")).isFalse();
        assertThat(killed.write(connection, List.of(session("2222222222222222"))))
                .as("it was only paused")
                .containsExactly(false);
        assertThat(killed.delete(connection, "pid")).isFalse();
        assertThat(killed.keep(connection, "pid")).isFalse();
        String now = killed.taker(connection, "pid");
        assertThat(now).isNotNull();
        assertThat(next.keep(connection, "pid")).isTrue();
        assertThat(killed.take(connection, "pid", now))
                .as("confirmed meanwhile")
                .isNull();
        assertThat(next.write(connection, List.of(session("3333333333333333")))).containsExactly(true);
    }

    /** Otherwise the client would get a new session. */
    @Test
    void aSessionThatIsReleasedWhileItCannotBeTakenIsAskedForAgain() throws Exception {
        assertThat(killed.write(connection, List.of(session("taking another")))).containsExactly(true);
        assertThat(next.take(connection, "pid", "")).isNull();
        try (Statement release = connection.createStatement()) {
            release.executeUpdate("UPDATE " + OPTIONS.sessionsTable() + " SET holder = ''");
        }
        assertThat(next.taker(connection, "pid")).isNotNull();
        assertThat(next.take(connection, "pid", "")).isNotNull();
        assertThat(next.taker(connection, "unknown")).isNull();
    }
}
