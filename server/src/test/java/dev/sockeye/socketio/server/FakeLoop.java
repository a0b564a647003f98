package dev.sockeye.socketio.server;

import dev.sockeye.engineio.host.EngineLoop;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;

/** A loop with a clock that the test moves. The loop's thread is the one that made it. */
public final class FakeLoop implements EngineLoop, ServerTimer {
    private final class Scheduled implements EngineLoop.Timer {
        final long due;
        final Runnable task;

        Scheduled(long due, Runnable task) {
            this.due = due;
            this.task = task;
        }

        @Override
        public void cancel() {
            synchronized (FakeLoop.this) {
                scheduled.remove(this);
            }
        }
    }

    private final Thread thread = Thread.currentThread();
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final List<Scheduled> scheduled = new ArrayList<>();

    /** Whether timers are rejected. */
    volatile boolean noTimers;

    private long now = 1_000_000_000L;
    private volatile Runnable delay = () -> {};
    private final List<Runnable> ends = new ArrayList<>();
    private boolean ended;

    @Override
    public boolean inLoop() {
        return Thread.currentThread() == thread;
    }

    @Override
    public void execute(Runnable task) {
        if (!inLoop()) {
            delay.run();
        }
        synchronized (this) {
            if (ended) {
                throw new RejectedExecutionException("the loop has ended");
            }
            tasks.add(task);
        }
    }

    @Override
    public EngineLoop.Timer onEnd(Runnable action) {
        ends.add(action);
        return () -> ends.remove(action);
    }

    /** Ends the loop, and the sessions on it: it takes no more tasks. */
    public void end() {
        run();
        List.copyOf(ends).forEach(Runnable::run);
        run();
        synchronized (this) {
            ended = true;
        }
    }

    /** Runs on each thread that submits a task to the loop, before the task is accepted: allows other threads to overtake. */
    public void delayExecute(Runnable action) {
        delay = action;
    }

    @Override
    public long nanoTime() {
        return now;
    }

    @Override
    public Instant now() {
        return Instant.EPOCH.plusNanos(now);
    }

    @Override
    public synchronized EngineLoop.Timer schedule(Runnable task, Duration delay) {
        if (noTimers) {
            throw new RejectedExecutionException("expected in this test");
        }
        Scheduled timer = new Scheduled(now + delay.toNanos(), task);
        scheduled.add(timer);
        return timer;
    }

    /** Runs the tasks passed to {@link #execute}, and those that they submit. */
    public void run() {
        for (Runnable task = poll(); task != null; task = poll()) {
            task.run();
        }
    }

    private synchronized Runnable poll() {
        return tasks.poll();
    }

    /** Advances the clock and runs the timers that become due. */
    public void advance(Duration by) {
        long until = now + by.toNanos();
        run();
        while (true) {
            Scheduled next;
            synchronized (this) {
                next = scheduled.stream()
                        .filter(timer -> timer.due <= until)
                        .min(Comparator.comparingLong(timer -> timer.due))
                        .orElse(null);
                if (next == null) {
                    break;
                }
                scheduled.remove(next);
            }
            now = Math.max(now, next.due);
            next.task.run();
            run();
        }
        now = until;
    }

    /** Removes the timer that was started last, as if it had just fired, and returns its task. */
    public synchronized Runnable takeLast() {
        return scheduled.remove(scheduled.size() - 1).task;
    }

    public synchronized int timers() {
        return scheduled.size();
    }
}
