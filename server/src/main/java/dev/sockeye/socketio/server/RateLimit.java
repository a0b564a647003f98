package dev.sockeye.socketio.server;

import java.time.Duration;

/**
 * A rate limit, implemented as a token bucket. The bucket holds at most {@code burst} permits, starts full and is
 * refilled evenly with {@code permits} in each {@code period}. Immutable.
 *
 * @param permits the number of events, bytes or connections in each period; at least 1
 * @param period the time in which the permits are refilled; positive
 * @param burst the number of permits that may be used at once; at least 1. An event that needs more permits than that
 *     is accepted when the bucket is full, which then takes longer to refill
 */
public record RateLimit(long permits, Duration period, long burst) {
    private static final Duration LONGEST = Duration.ofDays(26_000);

    /**
     * @throws IllegalArgumentException if a value is out of range
     */
    public RateLimit {
        if (permits < 1) {
            throw new IllegalArgumentException("permits must be 1 or more, was " + permits);
        }
        if (period.isNegative() || period.isZero()) {
            throw new IllegalArgumentException("period must be positive, was " + period);
        }
        if (burst < 1) {
            throw new IllegalArgumentException("burst must be 1 or more, was " + burst);
        }
        if (period.compareTo(LONGEST) > 0 || (double) period.toNanos() / permits * burst > LONGEST.toNanos()) {
            throw new IllegalArgumentException("burst takes more than 71 years to refill: " + permits + " permits in "
                    + period + ", burst " + burst);
        }
    }

    /** Returns a limit of this many permits in each period, with a burst of the same size. */
    public static RateLimit of(long permits, Duration period) {
        return new RateLimit(permits, period, permits);
    }

    /** Returns a limit of this many permits per second, with a burst of the same size. */
    public static RateLimit perSecond(long permits) {
        return of(permits, Duration.ofSeconds(1));
    }

    /** Returns a limit of this many permits per minute, with a burst of the same size. */
    public static RateLimit perMinute(long permits) {
        return of(permits, Duration.ofMinutes(1));
    }

    /** Returns this limit with a different burst. */
    public RateLimit burst(long most) {
        return new RateLimit(permits, period, most);
    }
}
