package dev.sockeye.socketio;

/** Thrown when an event was rejected or dropped because the send buffer is full. Nothing was sent. */
public final class SendBufferFullException extends SocketIoException {
    private static final long serialVersionUID = 1L;

    /** Creates an exception with a message that names the limit. */
    public SendBufferFullException(String message) {
        super(message, null);
    }
}
