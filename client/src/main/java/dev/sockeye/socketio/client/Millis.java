package dev.sockeye.socketio.client;

import java.time.Duration;

/** Durations of the application in milliseconds, for timers. */
final class Millis {
    /** The longest duration; in nanoseconds, it must not overflow. */
    static final Duration LONGEST = Duration.ofDays(26_000);

    private Millis() {}

    /** At most {@link #LONGEST}; at least 1 if the duration is positive, otherwise 0. */
    static long of(Duration duration) {
        if (duration.isNegative() || duration.isZero()) {
            return 0;
        }
        return duration.compareTo(LONGEST) > 0 ? LONGEST.toMillis() : Math.max(1, duration.toMillis());
    }
}
