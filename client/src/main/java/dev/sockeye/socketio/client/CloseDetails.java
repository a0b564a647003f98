package dev.sockeye.socketio.client;

import org.jspecify.annotations.Nullable;

/**
 * More about the end of a connection. Official counterpart: the second argument of {@code disconnect}.
 *
 * @param description what happened, for people
 * @param code the close code of the WebSocket or the HTTP status; 0 when none
 * @param cause the failure; {@code null} when none
 */
public record CloseDetails(
        String description, int code, @Nullable Throwable cause) {
    public static final CloseDetails NONE = new CloseDetails("", 0, null);

    public static CloseDetails of(String description) {
        return new CloseDetails(description, 0, null);
    }

    public static CloseDetails of(Throwable cause) {
        String message = cause.getMessage();
        int code = cause instanceof TransportException transport ? transport.status() : 0;
        return new CloseDetails(message == null ? cause.getClass().getSimpleName() : message, code, cause);
    }
}
