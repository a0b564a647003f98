package dev.sockeye.runtime;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * A future that is given to the application and completed by the library. If the application cancels or completes it,
 * also by a timeout, the library is notified that the result is no longer awaited.
 *
 * @param <T> the result
 */
public final class AnswerFuture<T> extends CompletableFuture<T> {
    private final Runnable abandoned;

    /**
     * Creates a future.
     *
     * @param abandoned called on the application's thread when it has ended the future; must return quickly
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

    @Override
    public CompletableFuture<T> completeAsync(Supplier<? extends T> supplier, Executor executor) {
        executor.execute(() -> {
            try {
                complete(supplier.get());
            } catch (Throwable e) {
                completeExceptionally(e);
            }
        });
        return this;
    }

    private boolean ended(boolean byApplication) {
        if (byApplication) {
            abandoned.run();
        }
        return byApplication;
    }
}
