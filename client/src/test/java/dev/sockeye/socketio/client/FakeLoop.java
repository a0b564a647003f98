package dev.sockeye.socketio.client;

import dev.sockeye.socketio.client.transport.ClientLoop;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/** A loop on the test's thread, with a clock that only the test advances. A task submitted from outside runs immediately. */
final class FakeLoop implements ClientLoop {
    private final class FakeTimer implements Timer {
        final Runnable action;
        final long at;
        final long order;

        FakeTimer(Runnable action, long at, long order) {
            this.action = action;
            this.at = at;
            this.order = order;
        }

        @Override
        public void cancel() {
            timers.remove(this);
        }
    }

    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    private final PriorityQueue<FakeTimer> timers =
            new PriorityQueue<>(Comparator.<FakeTimer>comparingLong(t -> t.at).thenComparingLong(t -> t.order));
    private long now = 1_000_000_000L;
    private long timersMade;
    /** How long the machine was suspended: the monotonic clock does not count that. */
    long suspendedMillis;

    private boolean busy;
    private boolean held;
    private boolean ended;

    @Override
    public void execute(Runnable task) {
        if (ended) {
            throw new RejectedExecutionException("the loop has ended");
        }
        tasks.add(task);
        drain();
    }

    private void drain() {
        if (busy || held) {
            return;
        }
        busy = true;
        try {
            for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
                task.run();
            }
        } finally {
            busy = false;
        }
    }

    /** Holds tasks until {@link #release()}. */
    void hold() {
        held = true;
    }

    void release() {
        held = false;
        drain();
    }

    /** From now on tasks are refused; those that wait still run. */
    void end() {
        ended = true;
        release();
    }

    @Override
    public long nanoTime() {
        return now;
    }

    @Override
    public long wallTimeMillis() {
        return TimeUnit.NANOSECONDS.toMillis(now) + suspendedMillis;
    }

    @Override
    public Timer schedule(Runnable task, long delay, TimeUnit unit) {
        FakeTimer timer = new FakeTimer(task, now + unit.toNanos(delay), timersMade++);
        timers.add(timer);
        return timer;
    }

    void advance(long millis) {
        long until = now + TimeUnit.MILLISECONDS.toNanos(millis);
        for (FakeTimer next = timers.peek(); next != null && next.at <= until; next = timers.peek()) {
            timers.remove(next);
            now = Math.max(now, next.at);
            execute(next.action);
        }
        now = until;
    }

    /** Time passes, and the timers are late. */
    void delay(long millis) {
        now += TimeUnit.MILLISECONDS.toNanos(millis);
    }

    /** How many timers wait. */
    int timers() {
        return timers.size();
    }
}
