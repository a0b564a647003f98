package dev.sockeye.runtime;

/** Runs mailboxes and has the state that they share. One object serves any number of mailboxes. */
public interface MailboxExecutor {
    /**
     * Calls {@link Mailbox#run()} once: now or later, here or in another thread. If that is permanently impossible,
     * calls {@link Mailbox#abandon()} once instead. Never throws.
     *
     * @param again whether the mailbox has used up its turn, so that other waiting mailboxes run first
     */
    void execute(Mailbox mailbox, boolean again);

    /** Monotonic nanoseconds, for measuring the length of a turn. */
    long nanoTime();

    /** The bounds of each mailbox. */
    MailboxLimits limits();

    /** About how many mailboxes were given on together the last time. Any thread. */
    default int handedTogether() {
        return Integer.MAX_VALUE;
    }
}
