package dev.sockeye.engineio;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Detects a load balancer without session affinity, where the requests of one session reach several servers, of which
 * only one has the session. Logs a warning once. Requests soon after the first one are not counted, because after a
 * restart the clients of the old process send its ids until they have reconnected. Thread-safe.
 */
final class UnknownSessions {
    private static final int MANY = 10;
    private static final long WITHIN = Duration.ofMinutes(1).toNanos();

    private final System.Logger logger;
    private final LongSupplier nanoTime;
    private final long grace;
    private volatile boolean said;
    private boolean begun;
    private long begin;
    private long windowStart;
    private int count;

    UnknownSessions(System.Logger logger, LongSupplier nanoTime, Duration grace) {
        this.logger = logger;
        this.nanoTime = nanoTime;
        this.grace = grace.toNanos();
    }

    /** A request has the id of an unknown session. */
    void count() {
        if (!said && isBurst()) {
            logger.log(
                    Level.WARNING,
                    EngineLog.NO_SESSION_AFFINITY.text(
                            MANY
                                    + " requests within a minute belong to sessions that this server does not know. With several servers"
                                    + " behind a load balancer, all requests of one client must reach the same server: enable"
                                    + " session affinity (sticky sessions, by cookie or by address), or sessionForwarding on the"
                                    + " servers, or let clients use WebSocket only"
                                    + " (transports: [\"websocket\"]). See docs/cluster.md, \"Sticky sessions\". This is logged once."));
        }
    }

    private synchronized boolean isBurst() {
        long now = nanoTime.getAsLong();
        if (!begun) {
            begun = true;
            begin = now;
        }
        if (said || now - begin < grace) {
            return false;
        }
        if (count == 0 || now - windowStart > WITHIN) {
            windowStart = now;
            count = 0;
        }
        said = ++count >= MANY;
        return said;
    }
}
