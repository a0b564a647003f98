package dev.sockeye.socketio.client;

/** Why a socket disconnected. Official counterpart: the first argument of {@code disconnect}. */
public enum DisconnectReason {
    /** The server disconnected this socket. The client does not connect again by itself. */
    IO_SERVER_DISCONNECT("io server disconnect"),
    /** {@link Socket#disconnect()} was called. The client does not connect again by itself. */
    IO_CLIENT_DISCONNECT("io client disconnect"),
    /** No ping of the server came in time. */
    PING_TIMEOUT("ping timeout"),
    /** The connection was closed. */
    TRANSPORT_CLOSE("transport close"),
    /** The connection failed. */
    TRANSPORT_ERROR("transport error"),
    /** The server sent what is no Socket.IO packet. */
    PARSE_ERROR("parse error"),
    /** The manager was closed, or the engine connection was by {@link Manager#closeEngine()}. */
    FORCED_CLOSE("forced close");

    private final String text;

    DisconnectReason(String text) {
        this.text = text;
    }

    /** The official text. */
    public String text() {
        return text;
    }
}
