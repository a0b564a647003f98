package dev.sockeye.socketio.server;

import org.jspecify.annotations.Nullable;

/**
 * Thrown by a middleware to refuse a client or an event, with data for the client. Official counterpart: an {@code
 * Error} with {@code data}.
 */
public final class MiddlewareException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient @Nullable Object data;

    /**
     * @param message the message for the client
     * @param data additional data for the client; {@code null} for none
     */
    public MiddlewareException(String message, @Nullable Object data) {
        super(message);
        this.data = data;
    }

    /** The data for the client. */
    public @Nullable Object data() {
        return data;
    }
}
