package dev.sockeye.socketio.server;

import org.jspecify.annotations.Nullable;

/** A middleware's refusal, with data for the client. Official counterpart: an {@code Error} with {@code data}. */
public final class MiddlewareException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient @Nullable Object data;

    /**
     * @param message for the client
     * @param data for the client too; {@code null} for none
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
