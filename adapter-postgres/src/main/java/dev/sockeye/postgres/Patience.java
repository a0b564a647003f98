package dev.sockeye.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** How long a connection waits for PostgreSQL. */
final class Patience {
    /** After that an answer is not waited for any longer: PostgreSQL stands still, or the network is cut. */
    private static final int MILLIS = 10_000;

    private Patience() {}

    static void limit(Connection connection) throws SQLException {
        connection.setNetworkTimeout(Runnable::run, MILLIS);
    }

    /** Lets some time pass on a thread of this module. */
    static void pause(long millis) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
    }

    /** Gives a connection back; one that does not work any more is gone anyway. */
    static void close(Connection connection) {
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
