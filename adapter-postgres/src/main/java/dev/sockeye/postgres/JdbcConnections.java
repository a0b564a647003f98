package dev.sockeye.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Timeouts, pauses and closing of connections to PostgreSQL. */
final class JdbcConnections {
    /** The maximum time to wait for a response. After that, PostgreSQL is considered hung, or the network disconnected. */
    private static final int MILLIS = 10_000;

    private JdbcConnections() {}

    static void limit(Connection connection) throws SQLException {
        connection.setNetworkTimeout(Runnable::run, MILLIS);
    }

    /** Pauses a thread of this module. */
    static void pause(long millis) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
    }

    /**
     * Returns a connection to its data source; errors of a broken connection are ignored.
     *
     * @param timeout its network timeout in milliseconds; negative to keep it
     */
    static void close(Connection connection, int timeout) {
        try {
            if (timeout >= 0) {
                connection.setNetworkTimeout(Runnable::run, timeout);
            }
        } catch (SQLException | RuntimeException e) {
            // the connection is broken
        }
        try {
            connection.close();
        } catch (SQLException | RuntimeException e) {
            // the connection is broken
        }
    }
}
