package dev.sockeye.engineio;

import dev.sockeye.engineio.host.EngineLoop;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/** A loop on the test's thread, with a clock that only the test advances. */
final class FakeLoop implements EngineLoop {
    private record Task(FakeLoop loop, Runnable action) {}

    /** A timer that was asked for. */
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

    private static final ArrayDeque<Task> TASKS = new ArrayDeque<>();
    private static @Nullable FakeLoop current;
    private static boolean busy;

    private final PriorityQueue<FakeTimer> timers =
            new PriorityQueue<>(Comparator.<FakeTimer>comparingLong(t -> t.at).thenComparingLong(t -> t.order));
    private long now = 1_000_000_000L;
    private long timersMade;
    private int tasksRun;
    private final List<Runnable> ends = new ArrayList<>();
    private boolean ended;

    /** What {@link #onEnd} throws. */
    @Nullable
    Error failing;

    @Override
    public boolean inLoop() {
        return current == this;
    }

    @Override
    public void execute(Runnable task) {
        if (ended) {
            throw new RejectedExecutionException("the loop has ended");
        }
        TASKS.add(new Task(this, task));
        if (!busy) {
            drain();
        }
    }

    @Override
    public Timer onEnd(Runnable action) {
        if (failing != null) {
            throw failing;
        }
        ends.add(action);
        return () -> ends.remove(action);
    }

    /** How many actions wait for the end. */
    int ends() {
        return ends.size();
    }

    /** As {@link #end}, but without a notice: a thread that sends may see this state. */
    void refuse() {
        ended = true;
    }

    /** Ends the loop: it takes no more tasks, and runs no more timers. */
    void end() {
        execute(() -> List.copyOf(ends).forEach(Runnable::run));
        ended = true;
        timers.clear();
    }

    /** Runs an action as another thread would, in the middle of what this loop does. */
    void elsewhere(Runnable action) {
        FakeLoop before = current;
        current = null;
        try {
            action.run();
        } finally {
            current = before;
        }
    }

    private static void drain() {
        busy = true;
        try {
            for (Task task = TASKS.poll(); task != null; task = TASKS.poll()) {
                current = task.loop;
                task.loop.tasksRun++;
                task.action.run();
            }
        } finally {
            current = null;
            busy = false;
        }
    }

    @Override
    public long nanoTime() {
        return now;
    }

    @Override
    public Timer schedule(Runnable task, Duration delay) {
        FakeTimer timer = new FakeTimer(task, now + delay.toNanos(), timersMade++);
        timers.add(timer);
        return timer;
    }

    void advance(long millis) {
        long until = now + Duration.ofMillis(millis).toNanos();
        for (FakeTimer next = timers.peek(); next != null && next.at <= until; next = timers.peek()) {
            timers.remove(next);
            now = Math.max(now, next.at);
            execute(next.action);
        }
        now = until;
    }

    /** Time passes, and the timers are late. */
    void delay(long millis) {
        now += Duration.ofMillis(millis).toNanos();
    }

    /** How many timers wait. */
    int timers() {
        return timers.size();
    }

    /** How many tasks this loop has run. */
    int tasksRun() {
        return tasksRun;
    }
}
