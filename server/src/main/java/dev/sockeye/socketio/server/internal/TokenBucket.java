package dev.sockeye.socketio.server.internal;

import dev.sockeye.socketio.server.RateLimit;
import org.jspecify.annotations.Nullable;

/**
 * The arithmetic of a {@link RateLimit}. The state of a bucket is one number, the time at which it will be full; a time
 * in the past means that it is full. Immutable.
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

    /** The time in nanoseconds until this many permits are available; 0 if they are available now. */
    long waitFor(long permits, long fullAt, long now) {
        long missing = fullAt - now;
        // a full bucket accepts more than it holds; otherwise larger events would never be accepted
        return missing <= 0 ? 0 : Math.max(0, Math.min(missing, missing + cost(permits) - nanosForBurst));
    }

    /** The state after this many permits were taken. */
    long take(long permits, long fullAt, long now) {
        return (fullAt - now > 0 ? fullAt : now) + cost(permits);
    }

    /** The state after permits were given back. */
    long giveBack(long permits, long fullAt) {
        return fullAt - cost(permits);
    }
}
