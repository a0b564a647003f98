package dev.sockeye.socketio.client.engine;

import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** The serial executor that a connection lives on. Tasks run in the order given, never two at once. Tests give a fake one. */
public interface ClientLoop extends Executor {

    /**
     * Runs a task on this loop later; also when called on the loop itself.
     *
     * @throws java.util.concurrent.RejectedExecutionException the loop has ended
     */
    @Override
    void execute(Runnable task);

    /** The loop's clock in nanoseconds, monotonic. */
    long nanoTime();

    /** Runs a task on this loop after a delay. */
    Timer schedule(Runnable task, long delay, TimeUnit unit);

    /** A scheduled task. */
    interface Timer {
        /** Cancels the task if it has not run yet. Again does nothing. */
        void cancel();
    }
}
