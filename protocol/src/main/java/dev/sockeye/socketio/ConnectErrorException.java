package dev.sockeye.socketio;

import dev.sockeye.socketio.protocol.Payload;
import org.jspecify.annotations.Nullable;

/**
 * Thrown when a socket could not connect: either the server refused it (then the message and {@link #data()} are those
 * of the server's middleware), or the connection could not be opened (then {@link #getCause()} is the reason). Official
 * counterpart: the argument of {@code connect_error}.
 */
public final class ConnectErrorException extends SocketIoException {
    private static final long serialVersionUID = 1L;

    private final transient @Nullable Payload data;
    private final boolean refused;

    /**
     * Creates an exception.
     *
     * @param message the message; {@code null} for "connect error"
     */
    public ConnectErrorException(
            @Nullable String message, @Nullable Payload data, boolean refused, @Nullable Throwable cause) {
        super(message == null ? "connect error" : message, cause);
        this.data = data;
        this.refused = refused;
    }

    /** The data sent by the server, for example an error code; {@code null} if there is none. */
    public @Nullable Payload data() {
        return data;
    }

    /**
     * Whether the server refused the connection to the namespace. If so, the client does not reconnect automatically;
     * otherwise the manager does.
     */
    public boolean refused() {
        return refused;
    }
}
