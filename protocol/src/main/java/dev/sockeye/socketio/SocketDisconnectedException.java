package dev.sockeye.socketio;

/**
 * Thrown when the connection was lost before the acknowledgement arrived, with the message "socket has been
 * disconnected".
 */
public final class SocketDisconnectedException extends SocketIoException {
    private static final long serialVersionUID = 1L;

    /** Creates an exception with the official message. */
    public SocketDisconnectedException() {
        this("socket has been disconnected");
    }

    /** Creates an exception with another message. */
    public SocketDisconnectedException(String message) {
        super(message, null);
    }
}
