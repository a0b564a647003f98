package dev.sockeye.runtime;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The bounded wait of {@code close()} for {@code closeAsync()}. */
public final class Closing {
    private static final System.Logger LOG = System.getLogger(Closing.class.getName());

    private Closing() {}

    /**
     * Waits until the future completes, but no longer than the limit. If the thread is interrupted, it returns with the
     * interrupt status set. Never throws.
     *
     * @param what what is closed, for the log
     */
    public static void await(CompletableFuture<?> closed, Duration limit, String what) {
        try {
            closed.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            LOG.log(
                    Level.WARNING,
                    RuntimeLog.CLOSED_WITH_ERROR.text(what + " has been closed with an error"),
                    e.getCause());
        } catch (TimeoutException e) {
            LOG.log(
                    Level.WARNING,
                    RuntimeLog.CLOSE_TIMED_OUT.text(
                            what + " is not closed after " + limit + "; it continues in the background"));
        }
    }
}
