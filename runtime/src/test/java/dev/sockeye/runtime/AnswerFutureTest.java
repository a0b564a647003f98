package dev.sockeye.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class AnswerFutureTest {
    private final AtomicInteger abandoned = new AtomicInteger();

    private AnswerFuture<String> future() {
        return new AnswerFuture<>(abandoned::incrementAndGet);
    }

    @Test
    void theLibraryIsNotifiedOnceHoweverTheApplicationEndsTheFuture() {
        List<Consumer<AnswerFuture<String>>> ends = List.of(
                future -> future.complete("own"),
                future -> future.completeExceptionally(new IllegalStateException("own")),
                future -> future.cancel(true),
                future -> future.completeAsync(() -> "own", Runnable::run),
                future -> future.completeAsync(
                        () -> {
                            throw new IllegalStateException("own");
                        },
                        Runnable::run));
        for (Consumer<AnswerFuture<String>> end : ends) {
            AnswerFuture<String> future = future();
            abandoned.set(0);
            end.accept(future);
            end.accept(future);
            assertThat(future).isDone();
            assertThat(abandoned).hasValue(1);
        }
    }

    @Test
    @Timeout(30)
    void theLibraryIsNotifiedOfATimeoutOfTheApplication() throws Exception {
        CountDownLatch notified = new CountDownLatch(2);
        new AnswerFuture<String>(notified::countDown).completeOnTimeout("own", 1, TimeUnit.NANOSECONDS);
        new AnswerFuture<String>(notified::countDown).orTimeout(1, TimeUnit.NANOSECONDS);
        notified.await(); // the thread that completes a future notifies after that
    }

    @Test
    void theLibraryIsNotNotifiedOfItsOwnAnswer() {
        AnswerFuture<String> future = future();
        future.answer("yes");
        future.complete("own");
        future.cancel(true);
        assertThat(future).isCompletedWithValue("yes");
        assertThat(abandoned).hasValue(0);
    }

    @Test
    void aCancelledFutureIsCancelled() {
        AnswerFuture<String> future = future();
        future.cancel(false);
        assertThatThrownBy(future::join).isInstanceOf(CancellationException.class);
    }
}
