package dev.sockeye.socketio;

import dev.sockeye.socketio.protocol.Payload;

/**
 * Thrown when a typed event or request was answered with <code>{"error": …}</code>. Handlers throw it to give such an
 * answer.
 */
public final class AckErrorException extends SocketIoException {
    private static final long serialVersionUID = 1L;

    private final transient Payload error;

    /** Creates an error with a message for the other side. */
    public AckErrorException(String message) {
        super(message, null);
        this.error = Payload.of(message);
    }

    /** Creates an error with a message and a value, which is sent as {@code error} in the answer. */
    public AckErrorException(String message, Payload error) {
        super(message, null);
        this.error = error;
    }

    /** The value of {@code error} in the answer, usually a string. */
    public Payload error() {
        return error;
    }
}
