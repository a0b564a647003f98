package dev.sockeye.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.socketio.adapter.cluster.ClusterCodec;
import dev.sockeye.socketio.adapter.cluster.ClusterMessage;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Reads a real table that has lost events that were read, as after a failover to a replica that was behind. */
class EventLossTest {
    private static final PostgresOptions OPTIONS = PostgresOptions.defaults();

    private final Link link = new Link(SimulatedEvents.UNREACHABLE, OPTIONS, true);
    private final EventReader reader = new EventAppender(link, Link.threads("unused")).reader();
    private final DurableTransport transport = new DurableTransport(link, "/");
    private final List<String> read = new ArrayList<>();
    private PostgresProcess postgres;
    private Connection connection;

    @BeforeEach
    void start() throws Exception {
        postgres = PostgresProcess.begin();
        connection = postgres.source(postgres.database()).getConnection();
        new Tables(OPTIONS, true).create(connection);
        var unused =
                transport.start(EventReaderTest.receiver((message, offset) -> read.add(offset + " " + message.uid())));
        reader.add("/", transport);
        add("before", 1);
        reader.begin(connection);
    }

    @AfterEach
    void stop() throws Exception {
        transport.close().join();
        connection.close();
        postgres.close();
    }

    private void add(String sender, long seq) throws Exception {
        byte[] payload = ClusterCodec.encode(new ClusterMessage.AdapterClose(sender + seq, "/"));
        EventStore.append(
                connection, OPTIONS, sender, List.of(new EventAppender.Entry(seq, "/", payload, offset -> {})));
    }

    private void lose(long after) throws Exception {
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate("DELETE FROM " + OPTIONS.eventsTable() + " WHERE position > " + after);
            statement.execute("ALTER SEQUENCE " + PostgresSchema.position(OPTIONS) + " RESTART WITH " + (after + 1));
        }
    }

    private void reads(String... expected) throws Exception {
        reader.read(connection, true);
        assertThat(read).containsExactly(expected);
        read.clear();
    }

    @Test
    void theEventsAtPositionsThatAreUsedAgainAreRead() throws Exception {
        for (int i = 1; i <= 4; i++) {
            add("a", i);
        }
        reads("2 a1", "3 a2", "4 a3", "5 a4");
        lose(3);
        for (int i = 1; i <= 5; i++) {
            add("b", i);
        }
        reader.begin(connection);
        reads("4 b1", "5 b2", "6 b3", "7 b4", "8 b5");
        reader.begin(connection);
        add("b", 6);
        reads("9 b6");
        assertThat(reader.wasLost(3)).isFalse();
        assertThat(reader.wasLost(4)).isTrue();
        assertThat(reader.wasLost(5))
                .as("the client may have received the lost one")
                .isTrue();
        assertThat(reader.wasLost(6)).isFalse();
    }

    /** Its connection was lost before it got the answer. */
    @Test
    void anEventThatItsSenderAddsAgainIsDeliveredOnce() throws Exception {
        add("a", 1);
        add("b", 1);
        reads("2 a1", "3 b1");
        lose(1);
        add("c", 1);
        add("b", 1);
        add("b", 2);
        reader.begin(connection);
        reads("2 c1", "4 b2");
    }

    @Test
    void eventsThatAreOnlyDeletedAreNotReadAgain() throws Exception {
        add("a", 1);
        add("a", 2);
        reads("2 a1", "3 a2");
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate("DELETE FROM " + OPTIONS.eventsTable() + " WHERE position < 3");
        }
        reader.begin(connection);
        add("a", 3);
        reads("4 a3");
        assertThat(reader.wasLost(3)).isFalse();
        assertThat(link.health().lost()).isZero();
    }

    @Test
    void allEventsCanBeLost() throws Exception {
        add("a", 1);
        reads("2 a1");
        lose(0);
        reader.begin(connection);
        add("b", 1);
        reads("2 b1");
    }

    /** All events that are remembered are lost, and the connection is lost again before there is another one. */
    @Test
    void theLastEventThatIsLeftIsNotReadAgain() throws Exception {
        byte[] payload = ClusterCodec.encode(new ClusterMessage.AdapterClose("a", "/"));
        List<EventAppender.Entry> many = new ArrayList<>();
        for (int i = 1; i <= 600; i++) {
            many.add(new EventAppender.Entry(i, "/", payload, offset -> {}));
        }
        EventStore.append(connection, OPTIONS, "a", many);
        reader.read(connection, true);
        assertThat(read).hasSize(600);
        read.clear();
        lose(50);
        reader.begin(connection);
        reader.begin(connection);
        add("b", 1);
        reads("51 b1");
    }
}
