package dev.sockeye.runtime;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The bytes that the mailboxes of one server or client hold together. A holder counts in whole steps of {@value #STEP} bytes, so
 * that small messages which are handled at once never touch the shared counter. Any thread.
 */
public final class ByteBudget {
    /** A holder with less than this does not count. */
    public static final int STEP = 4_096;

    private final long limit;
    private final AtomicLong used = new AtomicLong();

    /** A budget of this many bytes. */
    public ByteBudget(long limit) {
        this.limit = limit;
    }

    /** The bytes in use, a multiple of {@link #STEP}. */
    public long used() {
        return used.get();
    }

    /** The bytes that may be in use. */
    public long limit() {
        return limit;
    }

    /** Whether all is used. */
    public boolean full() {
        return used.get() >= limit;
    }

    /** The bytes of one holder have changed. */
    public void change(long before, long now) {
        long change = (now & -STEP) - (before & -STEP);
        if (change != 0) {
            used.addAndGet(change);
        }
    }
}
