package dev.sockeye.verification.cluster;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Lets time pass in runs whose subject is time: how long traffic flows, how long a broker is away. */
final class Waiting {
    private Waiting() {}

    static void pass(Duration time) throws InterruptedException {
        var unused = new CountDownLatch(1).await(time.toNanos(), TimeUnit.NANOSECONDS);
    }
}
