package dev.sockeye.engineio.host;

import java.time.Duration;
import java.util.concurrent.Executor;

/**
 * The serial executor of a session, for its whole lifetime. All access to the state of a session happens on its loop.
 *
 * <p>Netty: an event loop, shared by many sessions. Servlet containers: a serial executor over the container's pool.
 * Tasks passed to {@link #execute} run one at a time and in order.
 */
public interface EngineLoop extends Executor {

    /** Whether the calling thread is this loop, so that state may be accessed directly. */
    boolean inLoop();

    /**
     * Runs a task on this loop later, also if called on the loop itself. Several tasks wake up a waiting loop only
     * once.
     */
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

    /**
     * The loop's monotonic clock in nanoseconds; values are only comparable with values of the same loop. Tests may
     * replace it.
     */
    long nanoTime();

    /**
     * Runs a task on this loop once, after a delay and not earlier; tasks with the same time run in the order in which
     * they were scheduled. A loop that has ended drops the task.
     */
    Timer schedule(Runnable task, Duration delay);

    /**
     * Runs an action on this loop when the loop ends, at a time when it still accepts tasks; never if the loop does not end before the
     * process. On this loop only.
     *
     * @return removes the action
     */
    default Timer onEnd(Runnable action) {
        return () -> {};
    }

    /** A scheduled task. */
    interface Timer {
        /** Cancels the task if it has not run yet; idempotent; on the loop or off it. */
        void cancel();
    }
}
