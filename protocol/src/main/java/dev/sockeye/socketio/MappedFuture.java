package dev.sockeye.socketio;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The result of another future, converted to a type. If the application cancels or completes this future, the other one
 * is ended as well.
 */
final class MappedFuture<T> extends CompletableFuture<T> {
    private final CompletableFuture<?> source;

    private MappedFuture(CompletableFuture<?> source) {
        this.source = source;
    }

    static <S, T> CompletableFuture<T> of(CompletableFuture<S> source, Function<S, T> mapping) {
        MappedFuture<T> mapped = new MappedFuture<>(source);
        var unused = source.whenComplete((value, error) -> mapped.finish(value, error, mapping));
        return mapped;
    }

    private <S> void finish(S value, @Nullable Throwable error, Function<S, T> mapping) {
        if (error != null) {
            Throwable cause = error.getCause();
            super.completeExceptionally(error instanceof CompletionException && cause != null ? cause : error);
            return;
        }
        T result;
        try {
            result = mapping.apply(value);
        } catch (Throwable e) {
            super.completeExceptionally(e);
            return;
        }
        super.complete(result);
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
        boolean cancelled = super.cancel(mayInterruptIfRunning);
        ended(cancelled);
        return cancelled;
    }

    private boolean ended(boolean byCaller) {
        if (byCaller) {
            source.cancel(false);
        }
        return byCaller;
    }
}
