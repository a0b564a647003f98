package dev.sockeye.socketio.client;

import java.util.function.DoubleSupplier;

/** The waits between attempts: doubled each time, with a random part, up to a bound. */
final class Backoff {
    private final long minMillis;
    private final long maxMillis;
    private final double jitter;
    private final DoubleSupplier random;
    private int attempts;

    /** @param random from 0 to 1 */
    Backoff(long minMillis, long maxMillis, double jitter, DoubleSupplier random) {
        this.minMillis = minMillis;
        this.maxMillis = maxMillis;
        this.jitter = jitter;
        this.random = random;
    }

    /** The next wait, in milliseconds. */
    long next() {
        double millis = minMillis * Math.pow(2, Math.min(attempts++, 62));
        if (jitter > 0) {
            double part = random.getAsDouble();
            double deviation = Math.floor(part * jitter * millis);
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
