package dev.sockeye.socketio.server.internal;

import dev.sockeye.runtime.Mailbox;
import dev.sockeye.socketio.server.Next;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs middlewares one after the other in a mailbox, each after the previous one has called {@code next}.
 *
 * @param <M> the kind of middleware
 */
final class MiddlewareChain<M> {

    /** Calls one middleware. */
    interface Call<M> {
        void call(M middleware, Next next) throws Exception;
    }

    private final Mailbox mailbox;
    private final M[] steps;
    private final Call<M> call;
    private final Consumer<@Nullable Throwable> done;
    private final Consumer<Throwable> late;

    private MiddlewareChain(
            Mailbox mailbox, M[] steps, Call<M> call, Consumer<@Nullable Throwable> done, Consumer<Throwable> late) {
        this.mailbox = mailbox;
        this.steps = steps;
        this.call = call;
        this.done = done;
        this.late = late;
    }

    /**
     * Runs them.
     *
     * @param done called in the mailbox, at most once: with the error, or {@code null} when all have passed
     * @param late called with what a middleware throws after it has decided
     */
    static <M> void run(
            Mailbox mailbox, M[] steps, Call<M> call, Consumer<@Nullable Throwable> done, Consumer<Throwable> late) {
        if (steps.length == 0) {
            done.accept(null);
        } else {
            new MiddlewareChain<>(mailbox, steps, call, done, late).step(0);
        }
    }

    private void step(int index) {
        if (index == steps.length) {
            done.accept(null);
            return;
        }
        Once next = new Once(index + 1);
        try {
            call.call(steps[index], next);
        } catch (Throwable error) {
            if (next.called.get()) {
                late.accept(error);
            } else {
                next.fail(error);
            }
        }
    }

    private final class Once implements Next {
        private final int following;
        private final AtomicBoolean called = new AtomicBoolean();

        Once(int following) {
            this.following = following;
        }

        @Override
        public void next() {
            if (called.compareAndSet(false, true)) {
                mailbox.runOrPost(() -> step(following));
            }
        }

        @Override
        public void fail(Throwable error) {
            if (called.compareAndSet(false, true)) {
                mailbox.runOrPost(() -> done.accept(error));
            }
        }
    }
}
