package dev.sockeye.socketio.server;

import java.time.Duration;

/**
 * How much is allowed in a time: a token bucket. It holds {@code burst} permits at most, begins full and is filled evenly with {@code permits} in
 * each {@code period}. Immutable.
 *
 * @param permits events, bytes or connections in each period; 1 or more
 * @param period the time in which they come back; positive
 * @param burst how many may be used at once; 1 or more. What needs more than that passes when the bucket is full, and then takes longer to come back
 */
public record RateLimit(long permits, Duration period, long burst) {
    private static final Duration LONGEST = Duration.ofDays(26_000);

    /** @throws IllegalArgumentException a value is out of range */
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
            throw new IllegalArgumentException("burst takes more than 71 years to come back: " + permits
                    + " permits in " + period + ", burst " + burst);
        }
    }

    /** So many in each period, and as many at once. */
    public static RateLimit of(long permits, Duration period) {
        return new RateLimit(permits, period, permits);
    }

    /** So many in each second, and as many at once. */
    public static RateLimit perSecond(long permits) {
        return of(permits, Duration.ofSeconds(1));
    }

    /** So many in each minute, and as many at once. */
    public static RateLimit perMinute(long permits) {
        return of(permits, Duration.ofMinutes(1));
    }

    /** The same with so many at once. */
    public RateLimit burst(long most) {
        return new RateLimit(permits, period, most);
    }
}
