package dev.sockeye.socketio.client.engine;

/** Why an Engine.IO connection ended. */
public enum CloseReason {
    /** The server sent no ping in time. */
    PING_TIMEOUT,
    /** The server or the network closed the connection. */
    TRANSPORT_CLOSE,
    /** The connection failed. */
    TRANSPORT_ERROR,
    /** The client closed the connection. */
    FORCED_CLOSE
}
