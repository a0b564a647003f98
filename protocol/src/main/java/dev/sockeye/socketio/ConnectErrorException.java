package dev.sockeye.socketio;

import dev.sockeye.socketio.protocol.Payload;
import org.jspecify.annotations.Nullable;

/**
 * A socket could not connect: the server refused it (a middleware; then the message is the server's, and {@link #data()} what
 * it added), or the connection could not be opened (then {@link #getCause()} says why). Official counterpart: the argument of
 * {@code connect_error}.
 */
public final class ConnectErrorException extends SocketIoException {
    private static final long serialVersionUID = 1L;

    private final transient @Nullable Payload data;
    private final boolean refused;

    /**
     * A failed connect.
     *
     * @param message {@code null} for "connect error"
     */
    public ConnectErrorException(
            @Nullable String message, @Nullable Payload data, boolean refused, @Nullable Throwable cause) {
        super(message == null ? "connect error" : message, cause);
        this.data = data;
        this.refused = refused;
    }

    /** What the server added, for instance a code; {@code null} when nothing. */
    public @Nullable Payload data() {
        return data;
    }

    /** Whether the server refused the namespace. Then the client does not try again by itself; else the manager does. */
    public boolean refused() {
        return refused;
    }
}
