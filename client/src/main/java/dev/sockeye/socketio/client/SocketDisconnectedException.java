package dev.sockeye.socketio.client;

/** The connection went before the acknowledgement came: "socket has been disconnected". */
public final class SocketDisconnectedException extends SocketIoException {
    private static final long serialVersionUID = 1L;

    SocketDisconnectedException(String message) {
        super(message, null);
    }
}
