package dev.sockeye.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** How long a connection waits for PostgreSQL. */
final class Patience {
    /** After that an answer is not waited for any longer: PostgreSQL stands still, or the network is cut. */
    private static final int MILLIS = 10_000;

    private Patience() {}

    static void limit(Connection connection) throws SQLException {
        connection.setNetworkTimeout(Runnable::run, MILLIS);
    }

    /** Gives a connection back; one that does not work any more is gone anyway. */
    static void close(@Nullable Connection connection) {
        if (connection == null) {
            return;
        }
        try {
            connection.setNetworkTimeout(Runnable::run, 0);
        } catch (SQLException | RuntimeException e) {
            // it is broken
        }
        try {
            connection.close();
        } catch (SQLException | RuntimeException e) {
            // it is broken
        }
    }
}
