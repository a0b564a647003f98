package dev.sockeye.socketio;

/** An emit was refused or dropped because more waits to be sent than the options allow. Nothing of it was sent. */
public final class SendBufferFullException extends SocketIoException {
    private static final long serialVersionUID = 1L;

    /** With a text that says which bound was reached. */
    public SendBufferFullException(String message) {
        super(message, null);
    }
}
