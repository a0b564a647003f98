package dev.sockeye.redis;

import java.time.Duration;

/** Checks the durations of the options of this module; a message names option, value and range. */
final class DurationLimits {
    /** In nanoseconds, the sum of two must not overflow. */
    private static final Duration LONGEST = Duration.ofDays(26_000);

    private DurationLimits() {}

    static void positive(String name, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(name + " must be positive, was " + value);
        }
        notTooLong(name, value);
    }

    static void notTooLong(String name, Duration value) {
        if (value.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(name + " must be at most " + LONGEST.toDays() + " days, was " + value);
        }
    }
}
