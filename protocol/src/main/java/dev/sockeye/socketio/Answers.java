package dev.sockeye.socketio;

import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.protocol.BindingException;
import java.util.Collections;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** How the result or the failure of a handler becomes an answer. For frameworks that call handlers in a way of their own. */
public final class Answers {
    /** What the other side is told of an exception that was not meant for it. */
    public static final String INTERNAL_ERROR = "internal error";

    private Answers() {}

    /** What follows from a failure. */
    @FunctionalInterface
    public interface FailureHandler {
        /**
         * A handler failed.
         *
         * @throws Exception what is to be reported
         */
        void failed(Throwable error) throws Exception;
    }

    /**
     * Calls a handler. When it returns a {@link CompletionStage}, that stage's result or failure is the handler's.
     *
     * @param returned told the result
     * @param failed told a failure
     * @param report told what {@code failed} or {@code returned} throws when the handler's stage completes later
     * @throws Exception what {@code failed} or {@code returned} throws before this returns
     */
    public static void run(
            Callable<? extends @Nullable Object> handler,
            Consumer<? super @Nullable Object> returned,
            FailureHandler failed,
            Consumer<Throwable> report)
            throws Exception {
        Object result;
        try {
            result = handler.call();
        } catch (Throwable error) {
            failed.failed(error);
            return;
        }
        if (result instanceof CompletionStage<?> stage) {
            var unused = stage.handle((value, error) -> {
                try {
                    if (error == null) {
                        returned.accept(value);
                    } else {
                        failed.failed(cause(error));
                    }
                } catch (Throwable e) {
                    report.accept(e);
                }
                return null;
            });
        } else {
            returned.accept(result);
        }
    }

    /** Answers with one value, or with all values of an {@link Arguments}. */
    public static void send(Ack ack, @Nullable Object result) {
        if (result instanceof Arguments several) {
            ack.send(several.toList().toArray());
        } else {
            ack.send(result);
        }
    }

    /**
     * Answers with an error.
     *
     * @param text what the other side may know of the error; {@code null} for {@link #INTERNAL_ERROR}
     * @throws Exception the error, when it is to be reported: there is no text, or no answer is expected
     */
    public static void fail(Ack ack, Throwable error, @Nullable String text) throws Exception {
        if (text != null && error instanceof AckErrorException meant) {
            ack.send(Collections.singletonMap("error", meant.error().get()));
        } else {
            ack.error(text == null ? INTERNAL_ERROR : text);
        }
        if (text == null || !ack.expected()) {
            rethrow(error);
        }
    }

    /**
     * What the other side may know of an error: the message of an {@link AckErrorException} or a {@link BindingException}; {@code
     * null} for any other error.
     */
    public static @Nullable String text(Throwable error) {
        return error instanceof AckErrorException || error instanceof BindingException
                ? String.valueOf(error.getMessage())
                : null;
    }

    private static Throwable cause(Throwable error) {
        Throwable cause = error.getCause();
        return error instanceof CompletionException && cause != null ? cause : error;
    }

    private static void rethrow(Throwable error) throws Exception {
        if (error instanceof Error fatal) {
            throw fatal;
        }
        throw error instanceof Exception exception ? exception : new IllegalStateException(error);
    }
}
