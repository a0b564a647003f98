package dev.sockeye.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/**
 * The SQL statements that create the tables, for use in a migration tool. Adapters and emitters create missing tables
 * themselves unless {@link PostgresOptions.Builder#createTables} is false.
 */
public final class PostgresSchema {
    private static final String NOTIFY = "PERFORM pg_notify('";
    private static final String NOTHING = "', '');";

    private PostgresSchema() {}

    /** The table that {@link PostgresAdapter} needs; the same as that of npm {@code @socket.io/postgres-adapter}. */
    public static List<String> attachments(PostgresOptions options) {
        return List.of("CREATE TABLE IF NOT EXISTS " + options.attachmentsTable()
                + " (id bigserial UNIQUE, created_at timestamptz DEFAULT NOW(), payload bytea)");
    }

    /** The tables that {@link PostgresDurableAdapter} needs in addition to {@link #attachments}. */
    public static List<String> durable(PostgresOptions options) {
        String events = options.eventsTable();
        String append = append(options);
        String place = events + "_place";
        String body = "$$"; // the quotes of the functions, which contain the name of the channel
        for (int i = 1; options.wakeUpChannel().contains(body); i++) {
            body = "$sockeye" + i + "$";
        }
        String wakeUp = NOTIFY + options.wakeUpChannel().replace("'", "''") + NOTHING;
        return List.of(
                "CREATE SEQUENCE IF NOT EXISTS " + position(options),
                "CREATE TABLE IF NOT EXISTS " + events
                        + " (sender text NOT NULL, seq bigint NOT NULL, position bigint UNIQUE,"
                        + " created_at timestamptz NOT NULL DEFAULT clock_timestamp(), nsp text NOT NULL, payload bytea NOT NULL,"
                        + " PRIMARY KEY (sender, seq))",
                // Positions are assigned under a lock that is held until the commit is visible. A reader that sees a
                // position has therefore seen all earlier ones. There is only one statement, so a client that hangs
                // cannot keep the lock.
                "CREATE OR REPLACE FUNCTION " + append + "(by text, seqs bigint[], nsps text[], payloads bytea[])"
                        + " RETURNS void LANGUAGE plpgsql AS " + body + " BEGIN "
                        + lock(options) + " INSERT INTO " + events + " (sender, seq, position, nsp, payload)"
                        + " SELECT by, s, nextval('" + position(options) + "'), n, p FROM"
                        + " (SELECT * FROM unnest(seqs, nsps, payloads) WITH ORDINALITY AS u(s, n, p, o) ORDER BY o) AS ordered"
                        + " ON CONFLICT (sender, seq) DO NOTHING; " + wakeUp + " END " + body,
                // Rows inserted in a user's transaction get their position at commit.
                "CREATE OR REPLACE FUNCTION " + place + "() RETURNS trigger LANGUAGE plpgsql AS " + body + " BEGIN "
                        + lock(options)
                        + " UPDATE " + events + " SET position = nextval('" + position(options)
                        + "'), created_at = clock_timestamp() WHERE sender = NEW.sender AND seq = NEW.seq; " + wakeUp
                        + " RETURN NULL; END " + body,
                "DROP TRIGGER IF EXISTS sockeye_place ON " + events,
                "CREATE CONSTRAINT TRIGGER sockeye_place AFTER INSERT ON " + events
                        + " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.position IS NULL) EXECUTE FUNCTION "
                        + place
                        + "()",
                "CREATE TABLE IF NOT EXISTS " + options.sessionsTable()
                        + " (pid text PRIMARY KEY, holder text NOT NULL, expires_at timestamptz NOT NULL, session bytea NOT NULL)");
    }

    /**
     * The channel that signals new events, by the function of the existing tables: they may have been created with another prefix.
     */
    static String wakeUpChannel(Connection connection, PostgresOptions options) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement("SELECT prosrc FROM pg_proc WHERE oid = to_regproc(?)")) {
            select.setString(1, append(options));
            try (ResultSet found = select.executeQuery()) {
                String source = found.next() ? found.getString(1) : "";
                int begin = source.lastIndexOf(NOTIFY);
                int end = source.lastIndexOf(NOTHING);
                return begin < 0 || end < begin
                        ? options.wakeUpChannel()
                        : source.substring(begin + NOTIFY.length(), end).replace("''", "'");
            }
        }
    }

    /** The sequence of positions. */
    static String position(PostgresOptions options) {
        return options.eventsTable() + "_position";
    }

    /** The function that appends events. */
    static String append(PostgresOptions options) {
        return options.eventsTable() + "_append";
    }

    private static String lock(PostgresOptions options) {
        return "PERFORM pg_advisory_xact_lock(hashtextextended('sockeye ' || '" + options.eventsTable()
                + "'::regclass::oid::text, 0));";
    }
}
