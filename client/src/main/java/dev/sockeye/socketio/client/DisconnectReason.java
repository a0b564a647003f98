package dev.sockeye.socketio.client;

import dev.sockeye.socketio.client.engine.CloseReason;

/** Why a socket disconnected. Official counterpart: the first argument of {@code disconnect}. */
public enum DisconnectReason {
    /** The server disconnected this socket. It does not reconnect automatically. */
    IO_SERVER_DISCONNECT("io server disconnect"),
    /** {@link Socket#disconnect()} was called. The socket does not reconnect automatically. */
    IO_CLIENT_DISCONNECT("io client disconnect"),
    /** The server sent no ping in time. */
    PING_TIMEOUT("ping timeout"),
    /** The connection was closed. */
    TRANSPORT_CLOSE("transport close"),
    /** The connection failed. */
    TRANSPORT_ERROR("transport error"),
    /** The server sent a malformed packet. */
    PARSE_ERROR("parse error"),
    /** The manager was closed, or {@link Manager#closeEngine()} was called. */
    FORCED_CLOSE("forced close");

    private final String text;

    DisconnectReason(String text) {
        this.text = text;
    }

    static DisconnectReason of(CloseReason reason) {
        return switch (reason) {
            case PING_TIMEOUT -> PING_TIMEOUT;
            case TRANSPORT_CLOSE -> TRANSPORT_CLOSE;
            case TRANSPORT_ERROR -> TRANSPORT_ERROR;
            case FORCED_CLOSE -> FORCED_CLOSE;
        };
    }

    /** The official text. */
    public String text() {
        return text;
    }
}
