package dev.sockeye.socketio.server;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Runs the tasks of one client connection one at a time and in order, on an executor; a batch for each hand-over. Idle it
 * holds nothing. Tasks may be posted from any thread.
 */
final class Mailbox {

    /** A task in the queue; the object itself is the link. */
    abstract static class Task {
        private @Nullable Task next;

        abstract void run();
    }

    private static final class Plain extends Task {
        private final Runnable action;

        Plain(Runnable action) {
            this.action = action;
        }

        @Override
        void run() {
            action.run();
        }
    }

    /** At the head of the queue while tasks run and none is waiting. */
    private static final Task RUNNING = new Plain(() -> {});

    private static final Logger LOG = System.getLogger(Mailbox.class.getName());
    private static final VarHandle HEAD;

    static {
        try {
            HEAD = MethodHandles.lookup().findVarHandle(Mailbox.class, "head", Task.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** {@code null}: idle. {@link #RUNNING}: running, nothing waits. Else the last task posted, linked to those before. */
    @SuppressWarnings("unused")
    private volatile @Nullable Task head;

    private volatile @Nullable Thread owner;
    private final MailboxExecutor executor;

    /** Where a mailbox runs. */
    interface MailboxExecutor {
        /** Calls {@code mailbox.drain()}, once. */
        void schedule(Mailbox mailbox);
    }

    Mailbox(MailboxExecutor executor) {
        this.executor = executor;
    }

    /** Whether the calling thread is running a task of this mailbox. */
    boolean isCurrent() {
        return owner == Thread.currentThread();
    }

    /** Runs the action now when called from this mailbox, else after all that was posted before. */
    void runOrPost(Runnable action) {
        if (isCurrent()) {
            action.run();
        } else {
            post(new Plain(action));
        }
    }

    /** Runs the action after all that was posted before. */
    void post(Runnable action) {
        post(new Plain(action));
    }

    /** Runs the task, which is not in any queue, after all that was posted before. */
    void post(Task task) {
        while (true) {
            Task last = (Task) HEAD.getVolatile(this);
            task.next = last == RUNNING ? null : last;
            if (HEAD.compareAndSet(this, last, task)) {
                if (last == null) {
                    try {
                        executor.schedule(this);
                    } catch (RejectedExecutionException e) {
                        LOG.log(Level.DEBUG, "handlers are not run any more: the executor has been shut down");
                    }
                }
                return;
            }
        }
    }

    /** Runs all that waits. Called by the executor. */
    void drain() {
        owner = Thread.currentThread();
        try {
            while (true) {
                Task last = (Task) HEAD.getAndSet(this, RUNNING);
                if (last == RUNNING) {
                    owner = null;
                    if (HEAD.compareAndSet(this, RUNNING, null)) {
                        return;
                    }
                    owner = Thread.currentThread();
                    continue;
                }
                runAll(reverse(last));
            }
        } finally {
            owner = null;
        }
    }

    private static void runAll(@Nullable Task first) {
        Task task = first;
        while (task != null) {
            Task following = task.next;
            task.next = null;
            try {
                task.run();
            } catch (Throwable e) {
                LOG.log(Level.ERROR, "a task of a client connection failed", e);
            }
            task = following;
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
