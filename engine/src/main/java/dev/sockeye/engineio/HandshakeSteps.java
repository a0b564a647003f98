package dev.sockeye.engineio;

import dev.sockeye.engineio.host.EngineLoop;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Steps of a handshake that the application may complete later, on another thread, or with an exception. */
final class HandshakeSteps {
    private HandshakeSteps() {}

    /** Calls the application, and continues with the result on the loop. */
    static <T> void run(
            Supplier<CompletionStage<T>> question,
            EngineLoop loop,
            BiConsumer<@Nullable T, @Nullable Throwable> answer) {
        CompletionStage<T> stage;
        try {
            stage = Objects.requireNonNull(question.get(), "null in place of a future");
        } catch (RuntimeException | Error e) {
            stage = CompletableFuture.failedFuture(e);
        }
        var unused = stage.whenComplete((value, error) -> {
            Throwable cause =
                    error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
            // what it throws would be lost in the future
            Runnable next = () -> Hooks.guard("handshake", () -> answer.accept(value, cause));
            if (loop.inLoop()) {
                next.run();
            } else {
                loop.execute(next);
            }
        });
    }
}
