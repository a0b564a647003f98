package dev.sockeye.engineio.host;

import java.time.Duration;
import java.util.concurrent.Executor;

/**
 * The serial executor that a session lives on for life. All calls into a session's state happen here.
 *
 * <p>Netty: an event loop, shared by many sessions. Servlet containers: a serial executor over the container's pool.
 * Tasks given to {@link #execute} run in the order given, never two at once.
 */
public interface EngineLoop extends Executor {

    /** Whether the calling thread is this loop, so that state may be touched without a hop. */
    boolean inLoop();

    /** Runs a task on this loop later; from the loop itself too. Wakes a sleeping loop once for any number of tasks. */
    @Override
    void execute(Runnable task);

    /** Whether this loop runs in turns, so that {@link #executeAtTurnEnd} works. The same answer for the life of the loop. */
    default boolean hasTurns() {
        return false;
    }

    /**
     * Runs a task at the end of the current turn, once; on this loop only.
     *
     * @return false when the task is not taken: the loop has no turns, or it has ended
     */
    default boolean executeAtTurnEnd(Runnable task) {
        return false;
    }

    /** The loop's clock in nanoseconds, monotonic, comparable only with itself. Tests give a fake one. */
    long nanoTime();

    /**
     * Runs a task on this loop after a delay, once, not earlier; tasks with the same time run in the order given. A loop that has
     * ended drops it.
     */
    Timer schedule(Runnable task, Duration delay);

    /** A scheduled task. */
    interface Timer {
        /** Cancels the task if it has not run yet; idempotent; on the loop or off it. */
        void cancel();
    }
}
