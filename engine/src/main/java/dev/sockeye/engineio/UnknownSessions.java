package dev.sockeye.engineio;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Notices a load balancer without affinity: the requests of one session then reach several servers, of which only one knows it.
 * Says so once. Not counted is what comes soon after the first such request: after a restart the clients of the old process ask
 * with its ids until they have noticed. Any thread.
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

    /** A request came with the id of a session that is not here. */
    void count() {
        if (!said && isBurst()) {
            logger.log(
                    Level.WARNING,
                    MANY
                            + " requests within a minute belong to sessions that this server does not know. With several servers"
                            + " behind a load balancer all requests of one client must reach the same server: switch on"
                            + " session affinity (sticky sessions, by cookie or by address), or sessionForwarding on the"
                            + " servers, or let clients use WebSocket only"
                            + " (transports: [\"websocket\"]). See docs/cluster.md, \"Sticky sessions\". This is said once.");
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
