package dev.sockeye.runtime;

import java.util.concurrent.atomic.AtomicLong;

/**
 * A shared limit for the bytes in all mailboxes of one server or client. Holders count in steps of {@value #STEP}
 * bytes, so that small messages which are handled immediately never touch the shared counter. Thread-safe.
 */
public final class ByteBudget {
    /** The step; holders with fewer bytes are not counted. */
    public static final int STEP = 4_096;

    private final long limit;
    private final AtomicLong used = new AtomicLong();

    /** Creates a budget of this many bytes. */
    public ByteBudget(long limit) {
        this.limit = limit;
    }

    /** The bytes in use, a multiple of {@link #STEP}. */
    public long used() {
        return used.get();
    }

    /** The maximum number of bytes. */
    public long limit() {
        return limit;
    }

    /** Whether the budget is exhausted. */
    public boolean full() {
        return used.get() >= limit;
    }

    /** Updates the bytes of one holder. */
    public void change(long before, long now) {
        long change = (now & -STEP) - (before & -STEP);
        if (change != 0) {
            used.addAndGet(change);
        }
    }
}
