package dev.sockeye.socketio.server;

/** The client went before it acknowledged. */
public final class SocketDisconnectedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    SocketDisconnectedException() {
        super("socket has been disconnected");
    }
}
