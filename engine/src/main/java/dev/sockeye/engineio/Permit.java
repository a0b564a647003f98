package dev.sockeye.engineio;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A permit for one of the {@code maxConnections}. Acquired at the end of a handshake by {@link ConnectionLimits#enter};
 * held by the handshake, then by its session. The holder releases it whichever way it ends; only the first release has
 * an effect. Thread-safe.
 */
class Permit {

    /** The permit if there are no limits. */
    static final Permit UNLIMITED = new Permit();

    private Permit() {}

    /** Releases the permit. Idempotent. */
    void release() {}

    /** A counted permit. */
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
