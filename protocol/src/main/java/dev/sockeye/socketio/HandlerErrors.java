package dev.sockeye.socketio;

import dev.sockeye.socketio.protocol.BindingException;
import org.jspecify.annotations.Nullable;

/** What those that call handlers do with their errors. Its methods do not throw. */
public interface HandlerErrors {

    /** The arguments of an event do not fit the types of its handler. The handler was not called, the sender was told. */
    void unbound(String event, BindingException error);

    /** A handler threw, or the stage that a request handler returned failed; then on any thread. */
    void failed(String event, Throwable error);

    /** What the sender may know of an error of a request handler; {@code null} for nothing. Default {@link Answers#text}. */
    default @Nullable String text(Throwable error) {
        return Answers.text(error);
    }
}
