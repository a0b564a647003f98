package dev.sockeye.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import org.postgresql.PGConnection;

/**
 * What a pooler in transaction mode, such as PgBouncer, needs: each transaction may run on another connection to PostgreSQL, so a
 * statement that the driver has named on one of them is unknown on the next one, or is that of somebody else.
 */
final class Pooler {
    private static final int UNKNOWN = Integer.MIN_VALUE;

    private volatile boolean between;
    private volatile int usual = UNKNOWN;

    /** @param between whether there is one for certain */
    Pooler(boolean between) {
        this.between = between;
    }

    /** There seems to be one. */
    void suspect() {
        between = true;
    }

    /** Lets the driver name no statements, if there is a pooler. */
    void borrowed(Connection connection) throws SQLException {
        if (between && connection.isWrapperFor(PGConnection.class)) {
            PGConnection postgres = connection.unwrap(PGConnection.class);
            if (usual == UNKNOWN) {
                usual = postgres.getPrepareThreshold();
            }
            postgres.setPrepareThreshold(0);
        }
    }

    /** The connection goes back to the pool of the application as it was. */
    void givenBack(Connection connection) throws SQLException {
        int before = usual;
        if (before != UNKNOWN && connection.isWrapperFor(PGConnection.class)) {
            connection.unwrap(PGConnection.class).setPrepareThreshold(before);
        }
    }
}
