package dev.sockeye.socketio.client;

/** No acknowledgement came in time: "operation has timed out". The event may have been received all the same. */
public final class AckTimeoutException extends SocketIoException {
    private static final long serialVersionUID = 1L;

    AckTimeoutException() {
        super("operation has timed out", null);
    }
}
