package dev.sockeye.runtime;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * Runs the tasks of one connection one at a time and in order, on an executor. Idle it holds nothing. Tasks may be posted from any
 * thread.
 *
 * <p>It is fair: after a turn of at most {@value #TURN_TASKS} tasks, or when a turn of several tasks takes long, it goes to the
 * back of its executor's queue. So a connection that floods its mailbox delays others but never stops them.
 *
 * <p>It never drops a task because too much waits. Counted tasks ({@link #post(Task, int)}) make it {@linkplain #full() full}, a
 * signal to read no more; its owner is told when enough has been handled.
 */
public final class Mailbox implements Runnable {
    /** The most tasks of a turn. */
    public static final int TURN_TASKS = 64;

    /** The numbers of tasks after which a turn looks at the clock: powers of four. */
    private static final int CLOCK_AT = 1 | 4 | 16 | TURN_TASKS;

    /** A turn of several tasks that has taken longer than this ends. */
    static final long TURN_NANOS = 2_000_000;

    /** What each counted task counts for at least: it costs memory of its own. */
    public static final int LEAST_BYTES = 64;

    /** A task in the queue; the object itself is the link. It may be posted again once it has run. */
    public abstract static class Task {
        private @Nullable Task next;
        private int weight;

        /** Does it. In the mailbox. */
        protected abstract void run();

        /**
         * Whether it must run even when the executor has been shut down, in whatever thread finds that out. True for what ends a
         * connection or completes a future; false for a message, which is then discarded.
         */
        protected boolean essential() {
            return true;
        }
    }

    /** Who owns a mailbox. */
    public interface Owner {
        /** Half of what makes the mailbox full has been handled, or all of it. In the mailbox; must be quick. */
        default void relieved() {}

        /**
         * The executor has been shut down: essential tasks run in the calling thread and all others are discarded. Called at the
         * beginning of each such run, in the mailbox. To be used to end the connection.
         */
        default void abandoned() {}
    }

    /** An owner that does not listen. */
    public static final Owner NO_OWNER = new Owner() {};

    private static final class Plain extends Task {
        private final Runnable action;

        Plain(Runnable action) {
            this.action = action;
        }

        @Override
        protected void run() {
            action.run();
        }
    }

    /** Between two turns: what is left of the queue, and who has given it on. */
    private static final class Handover {
        private final @Nullable Task rest;

        /** The thread that is inside {@link MailboxExecutor#execute} now. Other threads may read an old value: it is never theirs. */
        private @Nullable Thread giving = Thread.currentThread();

        private boolean calledBack;

        Handover(@Nullable Task rest) {
            this.rest = rest;
        }
    }

    /** At the head of the queue while tasks run and none is waiting. */
    private static final Task RUNNING = new Plain(() -> {});

    private static final int TASK_SHIFT = 36;
    private static final long ONE_TASK = 1L << TASK_SHIFT;
    private static final long BYTES = ONE_TASK - 1;

    private static final Logger LOG = System.getLogger(Mailbox.class.getName());
    private static final VarHandle HEAD;
    private static final VarHandle LOAD;

    static {
        try {
            HEAD = MethodHandles.lookup().findVarHandle(Mailbox.class, "head", Task.class);
            LOAD = MethodHandles.lookup().findVarHandle(Mailbox.class, "load", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** {@code null}: idle. {@link #RUNNING}: running, nothing waits. Else the last task posted, linked to those before. */
    @SuppressWarnings("unused")
    private volatile @Nullable Task head;

    /** Counted tasks above, their bytes below, so that both change at once. */
    private volatile long load;

    /** The thread of the turn. Cleared before the mailbox is given on or becomes idle, so never another turn's. */
    private volatile @Nullable Thread current;

    /** Written before a turn is given on, read by the next one: published by the executor. */
    private @Nullable Handover handover;

    private final MailboxExecutor executor;
    private final Owner owner;

    /** A mailbox of nobody. */
    public Mailbox(MailboxExecutor executor) {
        this(executor, NO_OWNER);
    }

    /** A mailbox. */
    public Mailbox(MailboxExecutor executor, Owner owner) {
        this.executor = executor;
        this.owner = owner;
    }

    /** Whether the calling thread is running a task of this mailbox. */
    public boolean isCurrent() {
        return current == Thread.currentThread();
    }

    /** Runs the action now when called from this mailbox, else after all that was posted before. */
    public void runOrPost(Runnable action) {
        if (isCurrent()) {
            action.run();
        } else {
            post(new Plain(action));
        }
    }

    /** Runs the action, which is essential, after all that was posted before. */
    public void post(Runnable action) {
        post(new Plain(action));
    }

    /**
     * Runs the task, which is in no queue, after all that was posted before, and counts it until it has run.
     *
     * @param bytes the memory that it holds, at most about 1 GiB; counts for at least {@value #LEAST_BYTES}
     */
    public void post(Task task, int bytes) {
        int weight = Math.max(bytes, LEAST_BYTES);
        task.weight = weight;
        long before = (long) LOAD.getAndAdd(this, ONE_TASK + weight);
        ByteBudget total = executor.limits().total();
        if (total != null) {
            total.change(before & BYTES, (before & BYTES) + weight);
        }
        post(task);
    }

    /** Runs the task, which is in no queue, after all that was posted before. It is not counted. */
    public void post(Task task) {
        while (true) {
            Task last = (Task) HEAD.getVolatile(this);
            task.next = last == RUNNING ? null : last;
            if (HEAD.compareAndSet(this, last, task)) {
                if (last == null) {
                    executor.execute(this, false);
                }
                return;
            }
        }
    }

    /** How many counted tasks wait, the running one included. */
    public int waiting() {
        return (int) (load >> TASK_SHIFT);
    }

    /** The bytes of the counted tasks that wait, the running one included. */
    public long waitingBytes() {
        return load & BYTES;
    }

    /**
     * Whether no more should be posted: as many tasks or bytes wait as may; or as many bytes as may wait in all mailboxes together,
     * some of them here. The owner is told when that has changed.
     */
    public boolean full() {
        long now = load;
        MailboxLimits limits = executor.limits();
        if (now >> TASK_SHIFT >= limits.tasks() || (now & BYTES) >= limits.bytes()) {
            return true;
        }
        ByteBudget total = limits.total();
        return total != null && (now & BYTES) >= ByteBudget.STEP && total.full();
    }

    /** Whether, after it was full, enough has been handled to go on. */
    public boolean relieved() {
        long now = load;
        if (now == 0) {
            return true;
        }
        MailboxLimits limits = executor.limits();
        ByteBudget total = limits.total();
        return low(now, limits) && (total == null || !total.full());
    }

    private static boolean low(long state, MailboxLimits limits) {
        return state >> TASK_SHIFT <= limits.tasks() / 2 && (state & BYTES) <= limits.bytes() / 2;
    }

    private void release(int weight) {
        long before = (long) LOAD.getAndAdd(this, -ONE_TASK - weight);
        long now = before - ONE_TASK - weight;
        MailboxLimits limits = executor.limits();
        ByteBudget total = limits.total();
        if (total != null) {
            total.change(before & BYTES, now & BYTES);
        }
        if (now == 0 || (low(now, limits) && !low(before, limits))) {
            owner.relieved();
        }
    }

    /** A turn. Called by the executor. */
    @Override
    public void run() {
        Handover given = handover;
        if (given == null) {
            turns(null);
        } else if (given.giving == Thread.currentThread()) {
            given.calledBack = true; // inside its own call of the executor, which runs tasks at once: no recursion
        } else {
            handover = null;
            turns(given.rest);
        }
    }

    /**
     * Instead of a turn, when the executor takes none for good: runs what is essential and discards the rest, in the calling thread.
     * Called by the executor.
     */
    public void abandon() {
        Handover given = handover;
        handover = null;
        current = Thread.currentThread();
        try {
            owner.abandoned();
        } catch (Throwable e) {
            LOG.log(Level.ERROR, "the owner of a mailbox failed", e);
        }
        Task task = given == null ? null : given.rest;
        while (true) {
            if (task == null) {
                task = take();
                if (task == null) {
                    return;
                }
            }
            Task following = task.next;
            run(task, task.essential());
            task = following;
        }
    }

    private void turns(@Nullable Task first) {
        Task task = first;
        current = Thread.currentThread();
        int done = 0;
        long start = 0;
        while (true) {
            if (task == null) {
                task = take();
                if (task == null) {
                    return;
                }
            }
            // a turn of one task, the common case, reads no clock
            if ((done & (done - 1)) == 0 && (done & CLOCK_AT) != 0) {
                if (done == 1) {
                    start = executor.nanoTime();
                } else if (done >= TURN_TASKS || executor.nanoTime() - start > TURN_NANOS) {
                    if (giveOn(task)) {
                        return;
                    }
                    current = Thread.currentThread();
                    done = 0;
                }
            }
            done++;
            Task following = task.next;
            run(task, true);
            task = following;
        }
    }

    /** Lets others go first; false when the executor wants the next turn here and now. */
    private boolean giveOn(Task rest) {
        Handover given = new Handover(rest);
        handover = given;
        current = null;
        executor.execute(this, true);
        if (given.calledBack) {
            handover = null;
            return false;
        }
        given.giving = null;
        return true;
    }

    /** What waits, in order; {@code null} when nothing did and the mailbox is idle now. */
    private @Nullable Task take() {
        while (true) {
            Task last = (Task) HEAD.getAndSet(this, RUNNING);
            if (last != RUNNING) {
                return reverse(last);
            }
            current = null;
            if (HEAD.compareAndSet(this, RUNNING, null)) {
                return null;
            }
            current = Thread.currentThread();
        }
    }

    private void run(Task task, boolean really) {
        task.next = null;
        int weight = task.weight;
        task.weight = 0;
        if (really) {
            try {
                task.run();
            } catch (Throwable e) {
                LOG.log(Level.ERROR, "a task of a connection failed", e);
            }
        }
        if (weight != 0) {
            release(weight);
        }
    }

    private static @Nullable Task reverse(@Nullable Task last) {
        Task result = null;
        Task task = last;
        while (task != null) {
            Task before = task.next;
            task.next = result;
            result = task;
            task = before;
        }
        return result;
    }
}
