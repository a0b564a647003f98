package dev.sockeye.socketio;

import org.jspecify.annotations.Nullable;

/**
 * What exactly ended a connection. Official counterpart: the second argument of {@code disconnect}.
 *
 * @param description what happened, for people; empty when there is no more to say than the reason
 * @param code the close code of the WebSocket, 1006 when it ended without one; on the client also the HTTP status of a failed request; 0
 *     when there is none, as with polling and when this side ended the connection
 * @param cause the failure; {@code null} when none
 */
public record DisconnectDetails(
        String description, int code, @Nullable Throwable cause) {
    /**
     * The event that tells a client why the server is about to disconnect it, directly before the DISCONNECT packet: {@code
     * sockeye:disconnect} with one argument, <code>{"reason": "…"}</code>. The client of Sockeye makes it the description of its
     * details; for other clients it is an event as any other. A server of another kind may send it too.
     */
    public static final String REASON_EVENT = "sockeye:disconnect";

    /** Nothing is known beside the reason. */
    public static final DisconnectDetails NONE = new DisconnectDetails("", 0, null);

    /** A description without code and cause. */
    public static DisconnectDetails of(String description) {
        return new DisconnectDetails(description, 0, null);
    }

    /** The message of a failure, or its type when it has none; the HTTP status of a {@link TransportException}. */
    public static DisconnectDetails of(Throwable cause) {
        String message = cause.getMessage();
        int code = cause instanceof TransportException transport ? transport.status() : 0;
        return new DisconnectDetails(message == null ? cause.getClass().getSimpleName() : message, code, cause);
    }
}
