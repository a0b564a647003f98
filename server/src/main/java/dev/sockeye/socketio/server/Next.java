package dev.sockeye.socketio.server;

import org.jspecify.annotations.Nullable;

/** How a middleware goes on. Any thread, now or later; only the first call counts. Official counterpart: {@code next}. */
public interface Next {

    /** Goes on with the next middleware or the thing itself. */
    void next();

    /** Refuses, with an error. The {@code data} of a {@link MiddlewareException} goes to the client too. */
    void fail(Throwable error);

    /** Refuses, with a message. */
    default void fail(String message) {
        fail(new MiddlewareException(message, null));
    }

    /** Refuses, with a message and data for the client. Official counterpart: {@code err.data}. */
    default void fail(String message, @Nullable Object data) {
        fail(new MiddlewareException(message, data));
    }
}
