package dev.sockeye.engineio;

import dev.sockeye.engineio.host.EngineLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Limits the queued bytes of all clients to {@code maxTotalOutboundBytes}. A session counts in steps of {@value #STEP}
 * bytes in the stripe of its loop, and a stripe counts in steps of a fraction of the limit in the total: small messages
 * that are written immediately touch neither, and no shared counter is updated for each message. The steps of a counter
 * add up exactly, so that there is no drift. Above the limit, volatile messages are dropped; if it is still exceeded
 * shortly after, sessions are closed, those with the most queued bytes first. Thread-safe.
 */
final class OutboundTotal {
    static final int STEP = 1024;
    private static final int STEP_BITS = 10;
    /** The number of stripe steps in the limit. */
    private static final int STRIPE_STEPS = 256;
    /** The time for recently queued data, for example a broadcast, to be written. */
    private static final Duration GRACE = Duration.ofMillis(20);

    private final long max;
    private final int bits;
    private final AtomicLong total = new AtomicLong();

    OutboundTotal(long max) {
        this.max = max;
        bits = Math.max(STEP_BITS, 63 - Long.numberOfLeadingZeros(Math.max(1, max / STRIPE_STEPS)));
    }

    /** Whether two values of a session's counter are in different steps. */
    static boolean moved(long before, long now) {
        return before >> STEP_BITS != now >> STEP_BITS;
    }

    /** The counter of one loop. */
    final class Stripe {
        private final AtomicLong bytes = new AtomicLong();
        /** One for each loop, because the timer of a loop ends with it. */
        private final AtomicBoolean planned = new AtomicBoolean();

        /** The counter of a session has {@linkplain #moved moved}; returns true if the limit is exceeded. */
        boolean move(long before, long now) {
            long change = ((now >> STEP_BITS) - (before >> STEP_BITS)) << STEP_BITS;
            long after = bytes.addAndGet(change);
            long steps = (after >> bits) - ((after - change) >> bits);
            if (steps == 0) {
                return false;
            }
            return total.addAndGet(steps << bits) > max && change > 0;
        }

        /** Schedules closing of sessions on this stripe's loop, in case the limit is still exceeded then. */
        void relieveSoon(EngineLoop loop, Collection<EngineSocket> sessions) {
            if (!planned.compareAndSet(false, true)) {
                return;
            }
            try {
                loop.schedule(
                        () -> {
                            planned.set(false);
                            relieve(sessions);
                        },
                        GRACE);
            } catch (RejectedExecutionException e) {
                planned.set(false); // the loop and its connections have ended
            }
        }
    }

    /** The counted bytes, in whole steps. */
    long total() {
        return total.get();
    }

    /** Whether the limit is exceeded. */
    boolean exceeded() {
        return total.get() > max;
    }

    private void relieve(Collection<EngineSocket> sessions) {
        if (!exceeded()) {
            return;
        }
        record Waiting(EngineSocket session, long bytes) {}
        List<Waiting> largest = new ArrayList<>();
        for (EngineSocket session : sessions) {
            long bytes = session.bufferedBytes();
            if (bytes >= STEP) {
                largest.add(new Waiting(session, bytes));
            }
        }
        largest.sort(Comparator.comparingLong(Waiting::bytes).reversed());
        long excess = total.get() - (max - max / 8);
        for (int i = 0; i < largest.size() && excess > 0; i++) {
            Waiting worst = largest.get(i);
            excess -= worst.bytes;
            worst.session.closeNow(
                    CloseReason.OUTBOUND_OVERFLOW,
                    "more than " + max + " bytes (maxTotalOutboundBytes) waited for all clients, and " + worst.bytes
                            + " of them for this one");
        }
    }
}
