package dev.sockeye.engineio;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A place among the {@code maxConnections}. Taken at the end of a handshake by {@link ConnectionLimits#enter}; held by the handshake,
 * then by its session. Whoever holds it releases it at each of its ends; only the first release counts. Any thread.
 */
class Permit {

    /** Where nothing is counted. */
    static final Permit UNLIMITED = new Permit();

    private Permit() {}

    /** Gives the place back. Idempotent. */
    void release() {}

    /** A counted place. */
    static final class Counted extends Permit {
        private final AtomicBoolean released = new AtomicBoolean();
        private final ConnectionLimits connections;
        private final String address;

        Counted(ConnectionLimits connections, String address) {
            this.connections = connections;
            this.address = address;
        }

        @Override
        void release() {
            if (released.compareAndSet(false, true)) {
                connections.left(address);
            }
        }
    }
}
