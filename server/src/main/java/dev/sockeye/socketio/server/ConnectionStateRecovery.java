package dev.sockeye.socketio.server;

import java.time.Duration;

/**
 * Whether and how a client that comes back soon gets its old id, rooms, data and missed events. Official counterpart: the
 * {@code connectionStateRecovery} option.
 *
 * @param maxDisconnectionDuration how long a session is kept; default 2 minutes
 * @param skipMiddlewares whether the middlewares are skipped for a recovered socket; default true
 * @param maxPacketsPerRoom how many events are kept for each room; older ones are dropped, and a client that missed them
 *     starts anew; default 1000. Sockeye's own
 * @param maxPackets how many events are kept for each namespace in all; default 100,000. Sockeye's own
 * @param maxBytes how many bytes of events are kept for each namespace in all, 256 bytes added for each event; older ones are
 *     dropped, and a client that missed them starts anew; default 32 MiB. Adapters of a cluster keep events elsewhere. Sockeye's
 *     own
 * @param maxSessions how many sessions are kept for each namespace; default 100,000. Sockeye's own
 */
public record ConnectionStateRecovery(
        Duration maxDisconnectionDuration,
        boolean skipMiddlewares,
        int maxPacketsPerRoom,
        int maxPackets,
        long maxBytes,
        int maxSessions) {

    /** All defaults. */
    public static final ConnectionStateRecovery DEFAULT =
            new ConnectionStateRecovery(Duration.ofMinutes(2), true, 1_000, 100_000, 32L * 1024 * 1024, 100_000);

    public ConnectionStateRecovery {
        if (maxDisconnectionDuration.isNegative() || maxDisconnectionDuration.isZero()) {
            throw new IllegalArgumentException(
                    "maxDisconnectionDuration must be positive, was " + maxDisconnectionDuration);
        }
        if (maxPacketsPerRoom < 1 || maxPackets < 1 || maxBytes < 1 || maxSessions < 1) {
            throw new IllegalArgumentException(
                    "maxPacketsPerRoom, maxPackets, maxBytes and maxSessions must be 1 or more");
        }
    }

    /** The defaults with another duration. */
    public static ConnectionStateRecovery of(Duration maxDisconnectionDuration) {
        return DEFAULT.withMaxDisconnectionDuration(maxDisconnectionDuration);
    }

    /** The same with another duration. */
    public ConnectionStateRecovery withMaxDisconnectionDuration(Duration duration) {
        return new ConnectionStateRecovery(
                duration, skipMiddlewares, maxPacketsPerRoom, maxPackets, maxBytes, maxSessions);
    }

    /** The same with another choice about the middlewares. */
    public ConnectionStateRecovery withSkipMiddlewares(boolean skip) {
        return new ConnectionStateRecovery(
                maxDisconnectionDuration, skip, maxPacketsPerRoom, maxPackets, maxBytes, maxSessions);
    }

    /** The same with other bounds in numbers. */
    public ConnectionStateRecovery withBounds(int packetsPerRoom, int packets, int sessions) {
        return new ConnectionStateRecovery(
                maxDisconnectionDuration, skipMiddlewares, packetsPerRoom, packets, maxBytes, sessions);
    }

    /** The same with another bound in bytes. */
    public ConnectionStateRecovery withMaxBytes(long bytes) {
        return new ConnectionStateRecovery(
                maxDisconnectionDuration, skipMiddlewares, maxPacketsPerRoom, maxPackets, bytes, maxSessions);
    }
}
