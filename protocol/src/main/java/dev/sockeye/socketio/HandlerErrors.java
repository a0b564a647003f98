package dev.sockeye.socketio;

import dev.sockeye.socketio.protocol.BindingException;
import org.jspecify.annotations.Nullable;

/** Handles the errors of handlers. Its methods do not throw. */
public interface HandlerErrors {

    /**
     * The arguments of an event do not fit the types of its handler. The handler was not called, and the error was sent
     * as the answer.
     */
    void unbound(String event, BindingException error);

    /**
     * A handler has thrown an exception, or the stage returned by a request handler has failed; in the latter case
     * called on any thread.
     */
    void failed(String event, Throwable error);

    /**
     * The message of a request handler's error that may be sent to the sender; {@code null} for none. Default: {@link
     * Answers#text}.
     */
    default @Nullable String text(Throwable error) {
        return Answers.text(error);
    }
}
