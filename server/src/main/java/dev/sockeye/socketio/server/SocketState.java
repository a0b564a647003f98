package dev.sockeye.socketio.server;

/** Where a socket stands in its life; each state follows the one before, PENDING may be followed by GONE. */
enum SocketState {
    /** In the middlewares. */
    PENDING,
    CONNECTED,
    /** Leaving; the {@code disconnecting} listeners have not run yet. */
    LEAVING,
    /** The {@code disconnecting} listeners are running. */
    DISCONNECTING,
    GONE
}
