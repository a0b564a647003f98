package dev.sockeye.runtime;

import java.util.concurrent.CompletableFuture;

/**
 * A future that is given to the application and completed by the library. When the application ends it, by a cancellation, a timeout
 * or otherwise, the library is told that nobody waits any more.
 *
 * @param <T> the result
 */
public final class AnswerFuture<T> extends CompletableFuture<T> {
    private final Runnable abandoned;

    /**
     * A future.
     *
     * @param abandoned called when the application has ended the future, in its thread; must be quick
     */
    public AnswerFuture(Runnable abandoned) {
        this.abandoned = abandoned;
    }

    /** Completes it, for the library. */
    public void answer(T value) {
        super.complete(value);
    }

    /** Fails it, for the library. */
    public void fail(Throwable error) {
        super.completeExceptionally(error);
    }

    @Override
    public boolean complete(T value) {
        return ended(super.complete(value));
    }

    @Override
    public boolean completeExceptionally(Throwable error) {
        return ended(super.completeExceptionally(error));
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        return isDone() ? super.cancel(mayInterruptIfRunning) : ended(super.cancel(mayInterruptIfRunning));
    }

    private boolean ended(boolean byApplication) {
        if (byApplication) {
            abandoned.run();
        }
        return byApplication;
    }
}
