package dev.sockeye.socketio;

import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.protocol.BindingException;
import java.util.Collections;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Converts the result or the failure of a handler to an answer. For frameworks that call handlers themselves. */
public final class Answers {
    /** The error message that is sent for exceptions whose details must not be disclosed. */
    public static final String INTERNAL_ERROR = "internal error";

    private Answers() {}

    /** Handles a failure. */
    @FunctionalInterface
    public interface FailureHandler {
        /**
         * Called when a handler has failed.
         *
         * @throws Exception an exception that should be reported
         */
        void failed(Throwable error) throws Exception;
    }

    /**
     * Calls a handler. If it returns a {@link CompletionStage}, the result or failure of that stage is used.
     *
     * @param returned called with the result
     * @param failed called with a failure
     * @param report called with any exception that {@code failed} or {@code returned} throws when the handler's stage
     *     completes later
     * @throws Exception any exception that {@code failed} or {@code returned} throws before this method returns
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
     * @param text the message for the other side; {@code null} for {@link #INTERNAL_ERROR}
     * @throws Exception the error, if it should be reported: there is no text, or no answer is expected
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
     * Returns the message that may be sent to the other side: that of an {@link AckErrorException} or a {@link
     * BindingException}; {@code null} for any other error.
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
