package dev.sockeye.runtime;

/** Where mailboxes run, and what they have in common. One object serves any number of them. */
public interface MailboxExecutor {
    /**
     * Calls {@link Mailbox#run()} once: now or later, here or in another thread. When that is impossible for good, calls {@link
     * Mailbox#abandon()} once instead. Never throws.
     *
     * @param again the mailbox has used up its turn: others that wait come first
     */
    void execute(Mailbox mailbox, boolean again);

    /** Monotonic nanoseconds, for the length of a turn. */
    long nanoTime();

    /** The bounds of each mailbox. */
    MailboxLimits limits();
}
