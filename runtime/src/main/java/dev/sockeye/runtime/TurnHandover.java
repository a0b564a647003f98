package dev.sockeye.runtime;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Gives the mailboxes that become busy during one turn of an event loop to an executor together, at the end of that turn: the
 * executor's threads are woken once for the turn, not once for each mailbox. Mailboxes that become busy in other threads are given
 * on at once. One object for each loop.
 */
public final class TurnHandover implements MailboxExecutor {
    /** A turn that has made so many mailboxes busy gives them on before its end. */
    public static final int MOST = 32;

    private final RetryingExecutor executor;
    private final BooleanSupplier inLoop;
    private final Predicate<Runnable> atTurnEnd;
    private final Runnable turnEnd = this::turnEnded;

    // on the loop
    private final @Nullable Mailbox[] busy = new Mailbox[MOST];
    private int count;
    private boolean awaitsEnd;

    private int last = 1; // written on the loop; a hint for others, who may see an old value

    /**
     * A handover.
     *
     * @param inLoop whether the calling thread is the loop
     * @param atTurnEnd runs a task at the end of the current turn, on the loop; false when it cannot
     */
    public TurnHandover(RetryingExecutor executor, BooleanSupplier inLoop, Predicate<Runnable> atTurnEnd) {
        this.executor = executor;
        this.inLoop = inLoop;
        this.atTurnEnd = atTurnEnd;
    }

    @Override
    public void execute(Mailbox mailbox, boolean again) {
        if (again || !inLoop.getAsBoolean() || !(awaitsEnd || awaitEnd())) {
            executor.execute(mailbox, again);
            return;
        }
        busy[count++] = mailbox;
        if (count == MOST) {
            giveOn();
        }
    }

    private boolean awaitEnd() {
        awaitsEnd = atTurnEnd.test(turnEnd);
        return awaitsEnd;
    }

    private void turnEnded() {
        awaitsEnd = false;
        giveOn();
    }

    @Override
    public int handedTogether() {
        return last;
    }

    private void giveOn() {
        int given = count;
        if (given != last) {
            last = given;
        }
        count = 0;
        if (given == 1) {
            Mailbox only = busy[0];
            busy[0] = null;
            if (only != null) {
                executor.execute(only, false);
            }
        } else if (given > 1) {
            Mailbox[] batch = Arrays.copyOf(busy, given, Mailbox[].class);
            Arrays.fill(busy, 0, given, null);
            executor.execute(new Batch(executor, batch));
        }
    }

    @Override
    public long nanoTime() {
        return executor.nanoTime();
    }

    @Override
    public MailboxLimits limits() {
        return executor.limits();
    }

    /**
     * The mailboxes of a turn. The thread that takes it passes the rest on to the next thread before it runs anything, then runs the
     * mailboxes that no other thread has taken yet. So a handler that blocks delays no other mailbox, and if none blocks,
     * a turn needs two tasks of the executor, however many mailboxes it has.
     */
    static final class Batch implements Runnable {
        private final RetryingExecutor executor;
        private final Mailbox[] mailboxes;
        private final AtomicInteger taken = new AtomicInteger();

        Batch(RetryingExecutor executor, Mailbox[] mailboxes) {
            this.executor = executor;
            this.mailboxes = mailboxes;
        }

        @Override
        public void run() {
            boolean passedOn = false;
            for (Mailbox mailbox = take(); mailbox != null; mailbox = take()) {
                if (!passedOn && remaining() > 0) {
                    passedOn = true;
                    executor.execute(this);
                }
                mailbox.run();
            }
        }

        /** The next mailbox; no other thread gets it. */
        private @Nullable Mailbox take() {
            int next = taken.getAndIncrement();
            return next < mailboxes.length ? mailboxes[next] : null;
        }

        /** The number of mailboxes that no thread has taken yet. */
        int remaining() {
            return Math.max(0, mailboxes.length - taken.get());
        }

        /** Replaces a run if the executor permanently rejects tasks. */
        void abandon() {
            for (Mailbox mailbox = take(); mailbox != null; mailbox = take()) {
                mailbox.abandon();
            }
        }
    }
}
