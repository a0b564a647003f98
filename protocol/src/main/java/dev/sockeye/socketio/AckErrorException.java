package dev.sockeye.socketio;

import dev.sockeye.socketio.protocol.Payload;

/**
 * A typed event or request was answered with <code>{"error": …}</code>. A handler throws it to give such an answer.
 */
public final class AckErrorException extends SocketIoException {
    private static final long serialVersionUID = 1L;

    private final transient Payload error;

    /** An error with a text for the other side. */
    public AckErrorException(String message) {
        super(message, null);
        this.error = Payload.of(message);
    }

    /** An error with a text and a value; the value is what stands under {@code error} in the answer. */
    public AckErrorException(String message, Payload error) {
        super(message, null);
        this.error = error;
    }

    /** What stands under {@code error} in the answer, mostly a text. */
    public Payload error() {
        return error;
    }
}
