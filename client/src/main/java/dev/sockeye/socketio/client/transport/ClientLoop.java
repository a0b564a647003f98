package dev.sockeye.socketio.client.transport;

import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** The serial executor of a connection. Tasks run in the order of submission, one at a time. */
public interface ClientLoop extends Executor {

    /**
     * Runs a task on this loop later, also when called on the loop itself. Any thread.
     *
     * @throws java.util.concurrent.RejectedExecutionException if the loop has ended
     */
    @Override
    void execute(Runnable task);

    /** The clock of the loop in nanoseconds; it is monotonic. Any thread. */
    long nanoTime();

    /**
     * A clock in milliseconds that also counts the time during which the machine is suspended; only differences are used. Any thread.
     * Default: {@link #nanoTime()}.
     */
    default long wallTimeMillis() {
        return TimeUnit.NANOSECONDS.toMillis(nanoTime());
    }

    /**
     * Runs a task on this loop after a delay. Any thread.
     *
     * @throws java.util.concurrent.RejectedExecutionException if the loop has ended
     */
    Timer schedule(Runnable task, long delay, TimeUnit unit);

    /** A scheduled task. */
    interface Timer {
        /** Cancels the task if it has not run yet. Calling it again has no effect. On the loop only. */
        void cancel();
    }
}
