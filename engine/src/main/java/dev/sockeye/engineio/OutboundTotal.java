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
 * Keeps what waits for all clients within {@code maxTotalOutboundBytes}. A session counts in whole steps of {@value #STEP} bytes
 * into the stripe of its loop, and a stripe in whole steps of a part of the bound into the total: small messages that leave at
 * once touch neither, and no counter is shared on the way of each message. The steps of one counter telescope, so that nothing
 * drifts. Above the bound volatile messages are dropped; what is still above it a moment later is relieved by closing sessions, the
 * one with most bytes first. Any thread.
 */
final class OutboundTotal {
    static final int STEP = 1024;
    private static final int STEP_BITS = 10;
    /** How many steps of a stripe make up the bound. */
    private static final int STRIPE_STEPS = 256;
    /** Time for what was only just queued, a broadcast for example, to be written. */
    private static final Duration GRACE = Duration.ofMillis(20);

    private final long max;
    private final int bits;
    private final AtomicLong total = new AtomicLong();

    OutboundTotal(long max) {
        this.max = max;
        bits = Math.max(STEP_BITS, 63 - Long.numberOfLeadingZeros(Math.max(1, max / STRIPE_STEPS)));
    }

    /** Whether two values of a session's counter lie in different steps. */
    static boolean moved(long before, long now) {
        return before >> STEP_BITS != now >> STEP_BITS;
    }

    /** The part of one loop. */
    final class Stripe {
        private final AtomicLong bytes = new AtomicLong();
        /** For each loop, as a loop that ends takes its timer along. */
        private final AtomicBoolean planned = new AtomicBoolean();

        /** The counter of a session has {@linkplain #moved moved}; true when all sessions together have too much. */
        boolean move(long before, long now) {
            long change = ((now >> STEP_BITS) - (before >> STEP_BITS)) << STEP_BITS;
            long after = bytes.addAndGet(change);
            long steps = (after >> bits) - ((after - change) >> bits);
            if (steps == 0) {
                return false;
            }
            return total.addAndGet(steps << bits) > max && change > 0;
        }

        /** Has sessions closed in a moment, on this stripe's loop, if there is still too much then. */
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
                planned.set(false); // the loop has ended, and its connections with it
            }
        }
    }

    /** The bytes counted, in whole steps. */
    long total() {
        return total.get();
    }

    /** Whether more waits than may. */
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
