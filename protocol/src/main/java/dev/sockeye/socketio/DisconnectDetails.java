package dev.sockeye.socketio;

import org.jspecify.annotations.Nullable;

/**
 * Details about why a connection ended. Official counterpart: the second argument of {@code disconnect}.
 *
 * @param description a human-readable description; empty if there is nothing to add to the reason
 * @param code the close code of the WebSocket, 1006 if it ended without one; on the client also the HTTP status of a
 *     failed request; 0 if there is none, as with polling and when this side ended the connection
 * @param cause the failure; {@code null} if there is none
 */
public record DisconnectDetails(
        String description, int code, @Nullable Throwable cause) {
    /**
     * The event that tells a client why the server is about to disconnect it, directly before the DISCONNECT packet: {@code
     * sockeye:disconnect} with one argument, <code>{"reason": "…"}</code>. Sockeye's client uses it as the description
     * of the disconnect details; for other clients it is an ordinary event. Other servers may send it, too.
     */
    public static final String REASON_EVENT = "sockeye:disconnect";

    /** No details are known. */
    public static final DisconnectDetails NONE = new DisconnectDetails("", 0, null);

    /** Creates details with a description only. */
    public static DisconnectDetails of(String description) {
        return new DisconnectDetails(description, 0, null);
    }

    /**
     * Creates details from a failure: its message, or its type if it has no message, and the HTTP status of a {@link
     * TransportException}.
     */
    public static DisconnectDetails of(Throwable cause) {
        String message = cause.getMessage();
        int code = cause instanceof TransportException transport ? transport.status() : 0;
        return new DisconnectDetails(message == null ? cause.getClass().getSimpleName() : message, code, cause);
    }
}
