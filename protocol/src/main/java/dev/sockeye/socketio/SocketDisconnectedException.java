package dev.sockeye.socketio;

/** The connection was lost before the acknowledgement came: "socket has been disconnected". */
public final class SocketDisconnectedException extends SocketIoException {
    private static final long serialVersionUID = 1L;

    /** With the official text. */
    public SocketDisconnectedException() {
        this("socket has been disconnected");
    }

    /** With another text. */
    public SocketDisconnectedException(String message) {
        super(message, null);
    }
}
