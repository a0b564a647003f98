package dev.sockeye.socketio.server;

import dev.sockeye.engineio.CloseReason;

/** The reason why a socket disconnected. Each constant has the official text. */
public enum DisconnectReason {
    /** The connection failed, or the peer broke the protocol of a transport. */
    TRANSPORT_ERROR("transport error"),
    /** The peer closed the connection. */
    TRANSPORT_CLOSE("transport close"),
    /** This side closed the connection immediately, after an invalid or unexpected packet. */
    FORCED_CLOSE("forced close"),
    /** The peer did not answer a heartbeat in time. */
    PING_TIMEOUT("ping timeout"),
    /** The peer sent a malformed packet. */
    PARSE_ERROR("parse error"),
    /** The server is being closed. */
    SERVER_SHUTTING_DOWN("server shutting down"),
    /** The server is being closed, and not all queued packets could be sent to the client. */
    FORCED_SERVER_CLOSE("forced server close"),
    /** The client left the namespace. */
    CLIENT_NAMESPACE_DISCONNECT("client namespace disconnect"),
    /** The server disconnected the socket. */
    SERVER_NAMESPACE_DISCONNECT("server namespace disconnect"),
    /** The client reads too slowly: more than {@code maxOutboundBytes} were queued. Sockeye's own. */
    OUTBOUND_OVERFLOW("outbound buffer overflow");

    private final String text;

    DisconnectReason(String text) {
        this.text = text;
    }

    /** The official text. */
    public String text() {
        return text;
    }

    /** Whether a client that disconnected for this reason may recover its state. */
    public boolean recoverable() {
        return switch (this) {
            case TRANSPORT_ERROR,
                    TRANSPORT_CLOSE,
                    FORCED_CLOSE,
                    PING_TIMEOUT,
                    SERVER_SHUTTING_DOWN,
                    FORCED_SERVER_CLOSE,
                    OUTBOUND_OVERFLOW -> true;
            case PARSE_ERROR, CLIENT_NAMESPACE_DISCONNECT, SERVER_NAMESPACE_DISCONNECT -> false;
        };
    }

    /** Returns the disconnect reason of the sockets whose session was closed for this reason. */
    public static DisconnectReason of(CloseReason reason) {
        return switch (reason) {
            case TRANSPORT_ERROR -> TRANSPORT_ERROR;
            case TRANSPORT_CLOSE -> TRANSPORT_CLOSE;
            case FORCED_CLOSE -> FORCED_CLOSE;
            case PING_TIMEOUT -> PING_TIMEOUT;
            case PARSE_ERROR -> PARSE_ERROR;
            case OUTBOUND_OVERFLOW -> OUTBOUND_OVERFLOW;
        };
    }

    @Override
    public String toString() {
        return text;
    }
}
