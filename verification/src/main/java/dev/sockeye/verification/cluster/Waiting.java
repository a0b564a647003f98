package dev.sockeye.verification.cluster;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Waits in real time, for runs that depend on it: how long traffic flows, or how long a broker is unavailable. */
final class Waiting {
    private Waiting() {}

    static void pass(Duration time) throws InterruptedException {
        var unused = new CountDownLatch(1).await(time.toNanos(), TimeUnit.NANOSECONDS);
    }
}
