package dev.sockeye.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** Creates missing tables. */
final class Tables {
    /** Serializes servers that start at the same time. */
    private static final String LOCK = "SELECT pg_advisory_lock(hashtextextended('sockeye tables', 0))";

    private static final String UNLOCK = "SELECT pg_advisory_unlock(hashtextextended('sockeye tables', 0))";

    private final PostgresOptions options;
    private final boolean durable;

    Tables(PostgresOptions options, boolean durable) {
        this.options = options;
        this.durable = durable;
    }

    void create(Connection connection) throws SQLException {
        if (areThere(connection)) {
            return;
        }
        try (Statement statement = connection.createStatement()) {
            statement.execute(LOCK);
            try {
                if (!exists(connection, "to_regclass(?)", options.attachmentsTable())) {
                    run(statement, PostgresSchema.attachments(options));
                }
                if (durable && !durableAreThere(connection)) {
                    run(statement, PostgresSchema.durable(options));
                }
            } finally {
                statement.execute(UNLOCK);
            }
        }
    }

    private static void run(Statement statement, List<String> all) throws SQLException {
        for (String one : all) {
            statement.execute(one);
        }
    }

    private boolean areThere(Connection connection) throws SQLException {
        return exists(connection, "to_regclass(?)", options.attachmentsTable())
                && (!durable || durableAreThere(connection));
    }

    private boolean durableAreThere(Connection connection) throws SQLException {
        return exists(connection, "to_regclass(?)", options.eventsTable())
                && exists(connection, "to_regclass(?)", options.sessionsTable())
                && exists(connection, "to_regproc(?)", PostgresSchema.append(options));
    }

    private static boolean exists(Connection connection, String lookUp, String name) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SELECT " + lookUp + " IS NOT NULL")) {
            statement.setString(1, name);
            try (ResultSet found = statement.executeQuery()) {
                return found.next() && found.getBoolean(1);
            }
        }
    }
}
