package dev.sockeye.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Reads events from a real table. */
class EventStoreTest {
    private static final PostgresOptions OPTIONS = PostgresOptions.defaults();

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

    private void append(int count, int size) throws Exception {
        for (int i = 0; i < count; i++) {
            byte[] payload = new byte[size];
            payload[0] = (byte) i;
            EventStore.append(
                    connection,
                    OPTIONS,
                    "sender " + size,
                    List.of(new EventAppender.Entry(i, "/", payload, offset -> {})));
        }
    }

    /** A server that was away would otherwise need memory for 500 events, however large they are. */
    @Test
    void aPageOfLargeEventsIsBoundedInBytes() throws Exception {
        int size = EventStore.PAGE_BYTES / 4;
        append(10, size);
        List<Integer> read = new ArrayList<>();
        long last = 0;
        EventStore.Page page;
        do {
            page = EventStore.read(connection, OPTIONS, last);
            assertThat(page.rows()).hasSizeBetween(1, 5);
            for (EventStore.Row row : page.rows()) {
                last = row.position();
                read.add((int) row.payload()[0]);
                assertThat(row.payload()).hasSize(size);
            }
        } while (page.more());
        assertThat(read).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
        assertThat(EventStore.read(connection, OPTIONS, last).more()).isFalse();
    }

    @Test
    void anEventLargerThanAPageIsReadAlone() throws Exception {
        append(2, EventStore.PAGE_BYTES + 1);
        EventStore.Page first = EventStore.read(connection, OPTIONS, 0);
        assertThat(first.rows()).hasSize(1);
        assertThat(first.more()).isTrue();
    }

    @Test
    void aPageOfSmallEventsIsBoundedInNumber() throws Exception {
        append(EventStore.PAGE + 1, 10);
        EventStore.Page first = EventStore.read(connection, OPTIONS, 0);
        assertThat(first.rows()).hasSize(EventStore.PAGE);
        assertThat(first.more()).isTrue();
        EventStore.Page second = EventStore.read(
                connection, OPTIONS, first.rows().get(EventStore.PAGE - 1).position());
        assertThat(second.rows()).hasSize(1);
        assertThat(second.more()).isFalse();
    }
}
