package dev.sockeye.postgres;

import java.util.List;

/**
 * The tables in PostgreSQL, as statements for a migration tool. Adapters and emitters create missing tables themselves unless
 * {@link PostgresOptions.Builder#createTables} is false.
 */
public final class PostgresSchema {
    private PostgresSchema() {}

    /** The table that {@link PostgresAdapter} needs: that of npm {@code @socket.io/postgres-adapter}. */
    public static List<String> attachments(PostgresOptions options) {
        return List.of("CREATE TABLE IF NOT EXISTS " + options.attachmentsTable()
                + " (id bigserial UNIQUE, created_at timestamptz DEFAULT NOW(), payload bytea)");
    }

    /** What {@link PostgresDurableAdapter} needs besides {@link #attachments}. */
    public static List<String> durable(PostgresOptions options) {
        String events = options.eventsTable();
        String append = append(options);
        String place = events + "_place";
        String wakeUp = "PERFORM pg_notify('" + options.wakeUpChannel().replace("'", "''") + "', '');";
        return List.of(
                "CREATE SEQUENCE IF NOT EXISTS " + position(options),
                "CREATE TABLE IF NOT EXISTS " + events
                        + " (sender text NOT NULL, seq bigint NOT NULL, position bigint UNIQUE,"
                        + " created_at timestamptz NOT NULL DEFAULT clock_timestamp(), nsp text NOT NULL, payload bytea NOT NULL,"
                        + " PRIMARY KEY (sender, seq))",
                // Positions are given under a lock that lasts until the commit is visible, so a reader that sees one
                // has seen all
                // before it. One statement does everything: a client that stops in between cannot hold the lock.
                "CREATE OR REPLACE FUNCTION " + append + "(by text, seqs bigint[], nsps text[], payloads bytea[])"
                        + " RETURNS void LANGUAGE plpgsql AS $$ BEGIN "
                        + lock(options) + " INSERT INTO " + events + " (sender, seq, position, nsp, payload)"
                        + " SELECT by, s, nextval('" + position(options) + "'), n, p FROM"
                        + " (SELECT * FROM unnest(seqs, nsps, payloads) WITH ORDINALITY AS u(s, n, p, o) ORDER BY o) AS ordered"
                        + " ON CONFLICT (sender, seq) DO NOTHING; " + wakeUp + " END $$",
                // Rows of a user's transaction get their position when it commits.
                "CREATE OR REPLACE FUNCTION " + place + "() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                        + lock(options)
                        + " UPDATE " + events + " SET position = nextval('" + position(options)
                        + "'), created_at = clock_timestamp() WHERE sender = NEW.sender AND seq = NEW.seq; " + wakeUp
                        + " RETURN NULL; END $$",
                "DROP TRIGGER IF EXISTS sockeye_place ON " + events,
                "CREATE CONSTRAINT TRIGGER sockeye_place AFTER INSERT ON " + events
                        + " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.position IS NULL) EXECUTE FUNCTION "
                        + place
                        + "()",
                "CREATE TABLE IF NOT EXISTS " + options.sessionsTable()
                        + " (pid text PRIMARY KEY, holder text NOT NULL, expires_at timestamptz NOT NULL, session bytea NOT NULL)");
    }

    /** The sequence of positions. */
    static String position(PostgresOptions options) {
        return options.eventsTable() + "_position";
    }

    /** The function that adds events. */
    static String append(PostgresOptions options) {
        return options.eventsTable() + "_append";
    }

    private static String lock(PostgresOptions options) {
        return "PERFORM pg_advisory_xact_lock(hashtextextended('sockeye ' || '" + options.eventsTable()
                + "'::regclass::oid::text, 0));";
    }
}
