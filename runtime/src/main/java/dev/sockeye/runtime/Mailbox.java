package dev.sockeye.runtime;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * Runs the tasks of one connection one at a time and in order, on an executor. An idle mailbox holds no resources.
 * Tasks may be posted from any thread.
 *
 * <p>It is fair: after a turn of at most {@value #TURN_TASKS} tasks, or when a turn of several tasks takes long, it goes to the
 * back of its executor's queue. So a connection that floods its mailbox delays others but never stops them.
 *
 * <p>It never drops a task because the queue is too long. Counted tasks ({@link #post(Task, int)}) make it {@linkplain
 * #full() full}, which signals to stop reading; its owner is notified when enough tasks have been handled.
 */
public final class Mailbox implements Runnable {
    /** The maximum number of tasks of a turn. */
    public static final int TURN_TASKS = 64;

    /** The numbers of tasks after which a turn reads the clock: powers of four. */
    private static final int CLOCK_AT = 1 | 4 | 16 | TURN_TASKS;

    /** A turn of several tasks ends when it has taken longer than this. */
    static final long TURN_NANOS = 2_000_000;

    /** The minimum size that each counted task counts for, because it needs memory itself. */
    public static final int LEAST_BYTES = 64;

    /** A task in the queue; the object itself is the link. It may be posted again once it has run. */
    public abstract static class Task {
        private @Nullable Task next;
        private int weight;

        /** Runs the task, in the mailbox. */
        protected abstract void run();

        /**
         * Whether the task must run even if the executor has been shut down, on the thread that detects the shutdown.
         * True for tasks that end a connection or complete a future; false for messages, which are then discarded.
         */
        protected boolean essential() {
            return true;
        }
    }

    /** The owner of a mailbox. */
    public interface Owner {
        /**
         * After the mailbox was full, at least half of its tasks have been handled. In the mailbox; must return
         * quickly.
         */
        default void relieved() {}

        /**
         * The executor has been shut down: essential tasks run in the calling thread and all others are discarded. Called at the
         * beginning of each such run, in the mailbox. To be used to end the connection.
         */
        default void abandoned() {}
    }

    /** An owner that ignores all calls. */
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

    /** The state between two turns: the rest of the queue, and the thread that has passed it on. */
    private static final class Handover {
        private final @Nullable Task rest;

        /**
         * The thread that is inside {@link MailboxExecutor#execute} now. Other threads may read a stale value, but
         * never their own thread.
         */
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

    /**
     * {@code null}: idle. {@link #RUNNING}: running with an empty queue. Otherwise the last posted task, linked to the
     * previous ones.
     */
    @SuppressWarnings("unused")
    private volatile @Nullable Task head;

    /** The number of counted tasks in the high bits and their bytes in the low bits, so that both change atomically. */
    private volatile long load;

    /**
     * The thread of the current turn. Cleared before the mailbox is passed on or becomes idle, so that it never belongs
     * to another turn.
     */
    private volatile @Nullable Thread current;

    /** Written before a turn is passed on and read by the next turn: safely published by the executor. */
    private @Nullable Handover handover;

    private final MailboxExecutor executor;
    private final Owner owner;

    /** Creates a mailbox without an owner. */
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

    /** About how many mailboxes of the same loop became busy together the last time; any thread. */
    public int handedTogether() {
        return executor.handedTogether();
    }

    /** Runs the action immediately if called from this mailbox, otherwise after all previously posted tasks. */
    public void runOrPost(Runnable action) {
        if (isCurrent()) {
            action.run();
        } else {
            post(new Plain(action));
        }
    }

    /** Runs an essential action after all previously posted tasks. */
    public void post(Runnable action) {
        post(new Plain(action));
    }

    /**
     * Runs the task, which must not be in a queue, after all previously posted tasks, and counts it until it has run.
     *
     * @param bytes the memory that the task holds, at most about 1 GiB; counted as at least {@value #LEAST_BYTES}
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

    /** Runs the task, which must not be in a queue, after all previously posted tasks. It is not counted. */
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

    /** The number of counted tasks in the queue, including the running one. */
    public int waiting() {
        return (int) (load >> TASK_SHIFT);
    }

    /** The bytes of the counted tasks in the queue, including the running one. */
    public long waitingBytes() {
        return load & BYTES;
    }

    /**
     * Whether no more tasks should be posted: the limit of tasks or bytes is reached, or the shared limit of all
     * mailboxes is reached and this mailbox is not empty. The owner is notified when that has changed.
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

    /** Whether enough tasks have been handled to continue after the mailbox was full. */
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
            tellOwner(owner::relieved);
        }
    }

    /** If the owner throws, the tasks must run nevertheless. */
    private static void tellOwner(Runnable call) {
        try {
            call.run();
        } catch (Throwable e) {
            LOG.log(Level.ERROR, RuntimeLog.MAILBOX_OWNER_FAILED.text("the owner of a mailbox failed"), e);
        }
    }

    /** Runs a turn. Called by the executor. */
    @Override
    public void run() {
        Handover given = handover;
        if (given == null) {
            turns(null);
        } else if (given.giving == Thread.currentThread()) {
            given.calledBack = true; // the executor runs tasks immediately: avoid recursion
        } else {
            handover = null;
            turns(given.rest);
        }
    }

    /**
     * Called by the executor instead of a turn if it permanently rejects tasks: runs essential tasks and discards all
     * others, on the calling thread.
     */
    public void abandon() {
        Handover given = handover;
        handover = null;
        current = Thread.currentThread();
        tellOwner(owner::abandoned);
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

    /** Lets other mailboxes run first; returns false if the executor runs the next turn immediately on this thread. */
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

    /** Takes the queued tasks in order; {@code null} if there were none and the mailbox is now idle. */
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
                LOG.log(Level.ERROR, RuntimeLog.TASK_FAILED.text("a task of a connection failed"), e);
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
