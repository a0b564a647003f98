package dev.sockeye.runtime;

import org.jspecify.annotations.Nullable;

/**
 * How much may wait in a mailbox before it is {@linkplain Mailbox#full() full}. A bound is a signal to whoever fills the mailbox;
 * nothing is ever dropped.
 *
 * @param tasks the counted tasks that may wait
 * @param bytes the bytes of these tasks
 * @param total the bytes of all mailboxes together; {@code null} for no bound
 */
public record MailboxLimits(int tasks, long bytes, @Nullable ByteBudget total) {
    /** No bound. */
    public static final MailboxLimits NONE = new MailboxLimits(Integer.MAX_VALUE, Long.MAX_VALUE, null);

    private static final int MOST_TASKS = 1 << 26;
    private static final long MOST_BYTES = 1L << 35;

    public MailboxLimits {
        tasks = Math.min(tasks, MOST_TASKS);
        bytes = Math.min(bytes, MOST_BYTES);
    }
}
