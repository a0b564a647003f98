package dev.sockeye.socketio.client;

/** An emit was refused or given up because more waits to be sent than the options allow. Nothing of it was sent. */
public final class SendBufferFullException extends SocketIoException {
    private static final long serialVersionUID = 1L;

    SendBufferFullException(String message) {
        super(message, null);
    }
}
