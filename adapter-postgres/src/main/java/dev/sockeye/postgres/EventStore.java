package dev.sockeye.postgres;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The SQL statements for the events table. */
final class EventStore {
    /** The maximum number of events per read. */
    static final int PAGE = 500;

    /** The size in bytes that a read does not exceed by more than one event. */
    static final int PAGE_BYTES = 4 * 1024 * 1024;

    /**
     * How long an event waits for the lock of positions. A transaction that has this lock for longer keeps the events of all
     * servers waiting. If the client gave up first, PostgreSQL would keep its connection until the lock is free.
     */
    private static final int LOCK_MILLIS = 3_000;

    /** @param seq the sender's own sequence number */
    record Row(long position, String sender, long seq, String namespace, byte[] payload) {}

    /** What tells an event from all others, whatever its position is. */
    record Identity(String sender, long seq) {}

    /** @param more whether there are probably more events */
    record Page(List<Row> rows, boolean more) {}

    /** The first and last position in the table; 0 if it is empty. */
    record Extent(long first, long last) {}

    private EventStore() {}

    static void append(Connection connection, PostgresOptions options, String sender, List<EventAppender.Entry> entries)
            throws SQLException {
        Long[] numbers = new Long[entries.size()];
        String[] namespaces = new String[entries.size()];
        byte[][] payloads = new byte[entries.size()][];
        for (int i = 0; i < numbers.length; i++) {
            EventAppender.Entry entry = entries.get(i);
            numbers[i] = entry.number;
            namespaces[i] = entry.namespace;
            payloads[i] = entry.payload;
        }
        Array seqs = connection.createArrayOf("bigint", numbers);
        Array names = connection.createArrayOf("text", namespaces);
        Array bytes = connection.createArrayOf("bytea", payloads);
        try (PreparedStatement statement = connection.prepareStatement("SELECT set_config('lock_timeout', '"
                + LOCK_MILLIS + "', true), " + PostgresSchema.append(options) + "(?, ?, ?, ?)")) {
            statement.setString(1, sender);
            statement.setArray(2, seqs);
            statement.setArray(3, names);
            statement.setArray(4, bytes);
            statement.execute();
        }
    }

    /** Inserts an event in the transaction of the caller; the event gets its position at commit. */
    static void insert(
            Connection connection, PostgresOptions options, String sender, long seq, String namespace, byte[] payload)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "INSERT INTO " + options.eventsTable() + " (sender, seq, nsp, payload) VALUES (?, ?, ?, ?)")) {
            statement.setString(1, sender);
            statement.setLong(2, seq);
            statement.setString(3, namespace);
            statement.setBytes(4, payload);
            statement.executeUpdate();
        }
    }

    static Extent extent(Connection connection, PostgresOptions options) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet found =
                        statement.executeQuery("SELECT coalesce(min(position), 0), coalesce(max(position), 0) FROM "
                                + options.eventsTable())) {
            found.next();
            return new Extent(found.getLong(1), found.getLong(2));
        }
    }

    /**
     * Reads the next events after a position, of all namespaces, in order: as many as {@link #PAGE}, but only the first ones if they are
     * large, because the driver keeps all of them in memory.
     */
    static Page read(Connection connection, PostgresOptions options, long after) throws SQLException {
        List<Row> rows = new ArrayList<>();
        boolean more = false;
        try (PreparedStatement select =
                connection.prepareStatement("SELECT position, sender, seq, nsp, payload, number FROM (SELECT *,"
                        + " sum(octet_length(payload)) OVER (ORDER BY position) - octet_length(payload) AS bytes,"
                        + " count(*) OVER () AS number"
                        + " FROM (SELECT position, sender, seq, nsp, payload FROM " + options.eventsTable()
                        + " WHERE position > ? ORDER BY position LIMIT " + PAGE + ") AS page) AS sized"
                        + " WHERE bytes < " + PAGE_BYTES + " ORDER BY position")) {
            select.setLong(1, after);
            try (ResultSet found = select.executeQuery()) {
                while (found.next()) {
                    more = found.getLong(6) == PAGE || found.getLong(6) > rows.size() + 1;
                    rows.add(new Row(
                            found.getLong(1),
                            found.getString(2),
                            found.getLong(3),
                            found.getString(4),
                            found.getBytes(5)));
                }
            }
        }
        return new Page(rows, more);
    }

    /** Which events have the positions between two, both inclusive, in order. */
    static Map<Long, Identity> identities(Connection connection, PostgresOptions options, long first, long last)
            throws SQLException {
        Map<Long, Identity> all = new LinkedHashMap<>();
        try (PreparedStatement select = connection.prepareStatement("SELECT position, sender, seq FROM "
                + options.eventsTable() + " WHERE position BETWEEN ? AND ? ORDER BY position")) {
            select.setLong(1, first);
            select.setLong(2, last);
            try (ResultSet found = select.executeQuery()) {
                while (found.next()) {
                    all.put(found.getLong(1), new Identity(found.getString(2), found.getLong(3)));
                }
            }
        }
        return all;
    }

    /**
     * Deletes events that are too old or exceed the maximum number, always starting with the first. A reader that finds the
     * first remaining event therefore knows that no later event is missing. The last event is never deleted.
     */
    static void cleanUp(Statement statement, PostgresOptions options) throws SQLException {
        String events = options.eventsTable();
        statement.executeUpdate("DELETE FROM " + events + " WHERE position < greatest("
                + "(SELECT position FROM " + events + " WHERE position IS NOT NULL ORDER BY position DESC OFFSET "
                + (options.maxEvents() - 1) + " LIMIT 1), "
                + "coalesce((SELECT position FROM " + events
                + " WHERE position IS NOT NULL AND created_at >= now() - interval '"
                + options.retention().toMillis() + " milliseconds' ORDER BY position LIMIT 1), "
                + "(SELECT max(position) FROM " + events + ")))");
        statement.executeUpdate("DELETE FROM " + options.sessionsTable() + " WHERE expires_at < now()");
    }
}
