package dev.sockeye.socketio;

import org.jspecify.annotations.Nullable;

/**
 * Thrown when the underlying connection failed. The message begins with the official text ("xhr poll error", "xhr post
 * error", "websocket error", "timeout"), followed by what happened.
 */
public final class TransportException extends SocketIoException {
    private static final long serialVersionUID = 1L;

    private final String reason;
    private final int status;
    private final @Nullable String body;

    /**
     * Creates an exception.
     *
     * @param reason the official text
     * @param detail what happened; empty if there is nothing to add
     * @param status the HTTP status of the response; 0 if there was none
     * @param body the body of the HTTP response; {@code null} if there was none
     */
    public TransportException(
            String reason, String detail, int status, @Nullable String body, @Nullable Throwable cause) {
        super(detail.isEmpty() ? reason : reason + ": " + detail, cause);
        this.reason = reason;
        this.status = status;
        this.body = body;
    }

    /** The official text. */
    public String reason() {
        return reason;
    }

    /** The HTTP status of the response; 0 if there was none. */
    public int status() {
        return status;
    }

    /** The body of the HTTP response; {@code null} if there was none. */
    public @Nullable String body() {
        return body;
    }
}
