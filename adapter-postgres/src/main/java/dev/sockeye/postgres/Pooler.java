package dev.sockeye.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import org.postgresql.PGConnection;

/**
 * Support for poolers in transaction mode, such as PgBouncer. With such a pooler, each transaction may run on a different
 * connection to PostgreSQL. A named statement that the driver has prepared on one connection is then unknown on the next one,
 * or belongs to another client.
 */
final class Pooler {
    private static final int UNKNOWN = Integer.MIN_VALUE;

    private volatile boolean between;
    private volatile int usual = UNKNOWN;

    /** @param between whether a pooler is known to be in use */
    Pooler(boolean between) {
        this.between = between;
    }

    /** A pooler seems to be in use. */
    void suspect() {
        between = true;
    }

    /** Disables named statements of the driver if there is a pooler. */
    void borrowed(Connection connection) throws SQLException {
        if (between && connection.isWrapperFor(PGConnection.class)) {
            PGConnection postgres = connection.unwrap(PGConnection.class);
            if (usual == UNKNOWN) {
                usual = postgres.getPrepareThreshold();
            }
            postgres.setPrepareThreshold(0);
        }
    }

    /** Restores the connection before it is returned to the application's pool. */
    void givenBack(Connection connection) throws SQLException {
        int before = usual;
        if (before != UNKNOWN && connection.isWrapperFor(PGConnection.class)) {
            connection.unwrap(PGConnection.class).setPrepareThreshold(before);
        }
    }
}
