package dev.sockeye.socketio.server;

import org.jspecify.annotations.Nullable;

/**
 * Continues or refuses after a middleware. May be called from any thread, immediately or later; only the first call has
 * an effect. Official counterpart: {@code next}.
 */
public interface Next {

    /** Continues with the next middleware; after the last one, accepts the client or the event. */
    void next();

    /** Refuses with an error. The {@code data} of a {@link MiddlewareException} is also sent to the client. */
    void fail(Throwable error);

    /** Refuses with a message. */
    default void fail(String message) {
        fail(new MiddlewareException(message, null));
    }

    /** Refuses with a message and data for the client. Official counterpart: {@code err.data}. */
    default void fail(String message, @Nullable Object data) {
        fail(new MiddlewareException(message, data));
    }
}
