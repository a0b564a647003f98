package dev.sockeye.socketio.client;

import java.util.function.DoubleSupplier;

/**
 * The delays between attempts: doubled each time, with a random part, up to a maximum. Used on the loop only, except for the
 * volatile fields, which any thread may change; a change is used from the next delay on.
 */
final class Backoff {
    volatile long minMillis;
    volatile long maxMillis;
    volatile double jitter;
    private final DoubleSupplier random;
    private int attempts;

    /** @param random from 0 to 1 */
    Backoff(long minMillis, long maxMillis, double jitter, DoubleSupplier random) {
        this.minMillis = minMillis;
        this.maxMillis = maxMillis;
        this.jitter = jitter;
        this.random = random;
    }

    /** The next delay, in milliseconds. */
    long next() {
        double millis = minMillis * Math.pow(2, Math.min(attempts++, 62));
        double share = jitter;
        if (share > 0) {
            double part = random.getAsDouble();
            double deviation = Math.floor(part * share * millis);
            boolean less = ((int) Math.floor(part * 10) & 1) == 0;
            millis = less ? millis - deviation : millis + deviation;
        }
        return (long) Math.min(millis, (double) maxMillis);
    }

    int attempts() {
        return attempts;
    }

    void reset() {
        attempts = 0;
    }
}
