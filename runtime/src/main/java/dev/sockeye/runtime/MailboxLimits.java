package dev.sockeye.runtime;

import org.jspecify.annotations.Nullable;

/**
 * How many tasks and bytes may be queued in a mailbox before it is {@linkplain Mailbox#full() full}. The limits are
 * signals to the producer; no task is ever dropped.
 *
 * @param tasks the maximum number of counted tasks
 * @param bytes the maximum number of bytes of these tasks
 * @param total the shared byte limit of all mailboxes; {@code null} for no limit
 */
public record MailboxLimits(int tasks, long bytes, @Nullable ByteBudget total) {
    /** No limits. */
    public static final MailboxLimits NONE = new MailboxLimits(Integer.MAX_VALUE, Long.MAX_VALUE, null);

    private static final int MOST_TASKS = 1 << 26;
    private static final long MOST_BYTES = 1L << 35;

    public MailboxLimits {
        tasks = Math.min(tasks, MOST_TASKS);
        bytes = Math.min(bytes, MOST_BYTES);
    }
}
