package dev.sockeye.test;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.sockeye.engineio.host.EngineLoop;
import dev.sockeye.socketio.client.transport.ClientLoop;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The loop of the server and of all clients: one queue of tasks, and timers in virtual time. Tasks may be added from any
 * thread. They run in order on the thread that calls {@link #settle}, {@link #advance} or {@link #await}.
 */
final class TestLoop implements EngineLoop, ClientLoop {
    /** A test that runs more tasks than this in one step is considered an endless loop. */
    private static final int MOST_TASKS = 1_000_000;

    /** In nanoseconds, it must not overflow. */
    private static final Duration LONGEST = Duration.ofDays(26_000);

    private static final long START = Duration.ofSeconds(1).toNanos();

    /** @param onLoop whether it is a task of the loop; otherwise it is a task of the application, which is not on the loop */
    private record Task(Runnable action, boolean onLoop) {}

    private static final class Due implements Comparable<Due>, EngineLoop.Timer, ClientLoop.Timer {
        private final long time;
        private final long order;
        private final Task task;
        private volatile boolean cancelled;

        Due(long time, long order, Task task) {
            this.time = time;
            this.order = order;
            this.task = task;
        }

        @Override
        public void cancel() {
            cancelled = true;
        }

        void run() {
            if (!cancelled) {
                task.action.run();
            }
        }

        @Override
        public int compareTo(Due other) {
            return time != other.time ? Long.compare(time, other.time) : Long.compare(order, other.order);
        }
    }

    @GuardedBy("this")
    private final ArrayDeque<Task> tasks = new ArrayDeque<>();

    @GuardedBy("this")
    private final PriorityQueue<Due> timers = new PriorityQueue<>();

    @GuardedBy("this")
    private long order;

    private final AtomicReference<@Nullable Thread> runner = new AtomicReference<>();
    private volatile long now = START;
    /** Written only by the thread that runs the tasks. */
    private volatile boolean onLoop;

    @Override
    public boolean inLoop() {
        return runner.get() == Thread.currentThread() && onLoop;
    }

    @Override
    public void execute(Runnable task) {
        add(new Task(task, true));
    }

    /** Runs a task of the application: on the same thread, but not as a task of the loop. */
    void executeOffLoop(Runnable task) {
        add(new Task(task, false));
    }

    private synchronized void add(Task task) {
        tasks.add(task);
        notifyAll();
    }

    @Override
    public long nanoTime() {
        return now;
    }

    /** The virtual time since the start. */
    Duration elapsed() {
        return Duration.ofNanos(now - START);
    }

    @Override
    public EngineLoop.Timer schedule(Runnable task, Duration delay) {
        return later(task, delay.toNanos(), true);
    }

    @Override
    public ClientLoop.Timer schedule(Runnable task, long delay, TimeUnit unit) {
        return later(task, unit.toNanos(delay), true);
    }

    EngineLoop.Timer scheduleOffLoop(Runnable task, Duration delay) {
        return later(task, delay.toNanos(), false);
    }

    private synchronized Due later(Runnable task, long delay, boolean loop) {
        long time = now + Math.max(0, delay);
        Due due = new Due(time < now ? Long.MAX_VALUE : time, order++, new Task(task, loop));
        timers.add(due);
        return due;
    }

    /** Runs all pending tasks. Does nothing if called from a task, or while another thread runs them. */
    void settle() {
        if (runner.compareAndSet(null, Thread.currentThread())) {
            try {
                runTasks();
            } finally {
                runner.set(null);
            }
        }
    }

    /** Advances the clock from timer to timer, and runs everything that becomes due. */
    void advance(Duration by) {
        if (by.isNegative()) {
            throw new IllegalArgumentException("the clock cannot go back: " + by);
        }
        enter();
        try {
            if (by.compareTo(LONGEST.minus(elapsed())) > 0) {
                throw new IllegalArgumentException("the clock can be advanced by at most " + LONGEST.toDays()
                        + " days in total, was " + elapsed() + " and " + by);
            }
            runTasks();
            long target = now + by.toNanos();
            while (fire(target)) {
                runTasks();
            }
            now = target;
        } finally {
            runner.set(null);
        }
    }

    /**
     * Runs pending tasks until the condition is true. Until then, waits in real time for tasks from other threads.
     *
     * @return whether the condition is true
     */
    boolean await(BooleanSupplier condition, Duration timeout) {
        long end = System.nanoTime() + (timeout.compareTo(LONGEST) < 0 ? timeout : LONGEST).toNanos();
        do {
            enter();
            try {
                runTasks();
            } finally {
                runner.set(null);
            }
            if (condition.getAsBoolean()) {
                return true;
            }
        } while (waitForTask(end));
        return false;
    }

    private void enter() {
        if (!runner.compareAndSet(null, Thread.currentThread())) {
            throw new IllegalStateException(
                    runner.get() == Thread.currentThread()
                            ? "not inside of a handler or listener: they run in the thread of the test, which would wait for itself"
                            : "another thread runs this test already");
        }
    }

    private synchronized boolean waitForTask(long end) {
        while (tasks.isEmpty()) {
            long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
            if (left <= 0) {
                return false;
            }
            try {
                wait(left);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return true;
    }

    private synchronized @Nullable Task poll() {
        return tasks.poll();
    }

    private void runTasks() {
        int count = 0;
        for (Task task = poll(); task != null; task = poll()) {
            if (++count > MOST_TASKS) {
                throw new AssertionError("the test is still running after " + MOST_TASKS
                        + " tasks: do handlers and listeners call each other in an endless loop?");
            }
            onLoop = task.onLoop;
            try {
                task.action.run();
            } finally {
                onLoop = false;
            }
        }
    }

    /** Queues the next timer that is due at the given time; returns {@code false} if there is none. */
    private synchronized boolean fire(long target) {
        Due due = timers.peek();
        if (due == null || due.time > target) {
            return false;
        }
        timers.remove();
        if (!due.cancelled) {
            now = Math.max(now, due.time);
            tasks.add(new Task(due::run, due.task.onLoop));
        }
        return true;
    }
}
