package dev.sockeye.socketio.server.internal;

import dev.sockeye.socketio.server.RateLimit;
import org.jspecify.annotations.Nullable;

/**
 * The arithmetic of a {@link RateLimit}. The state of a bucket is one number, the time at which it will be full; a time that has passed means that
 * it is full now. Immutable.
 */
final class TokenBucket {
    private static final long MOST_NANOS = 1L << 61;

    private final double nanosForOne;
    private final long nanosForBurst;

    private TokenBucket(RateLimit limit) {
        nanosForOne = (double) limit.period().toNanos() / limit.permits();
        nanosForBurst = cost(limit.burst());
    }

    static @Nullable TokenBucket of(@Nullable RateLimit limit) {
        return limit == null ? null : new TokenBucket(limit);
    }

    private long cost(long permits) {
        return Math.min((long) (nanosForOne * permits), MOST_NANOS);
    }

    /** After how many nanoseconds so many permits are there; 0 when they are there now. */
    long waitFor(long permits, long fullAt, long now) {
        long missing = fullAt - now;
        // a full bucket gives more than it holds, or what is larger would never pass
        return missing <= 0 ? 0 : Math.max(0, Math.min(missing, missing + cost(permits) - nanosForBurst));
    }

    /** The state after so many permits were taken. */
    long take(long permits, long fullAt, long now) {
        return (fullAt - now > 0 ? fullAt : now) + cost(permits);
    }

    /** The state after permits were given back. */
    long giveBack(long permits, long fullAt) {
        return fullAt - cost(permits);
    }
}
