package dev.sockeye.socketio.client.transport;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A network failure with a message that explains it to the user. The client shows the message as it is. */
public final class NetworkException extends IOException {
    private static final long serialVersionUID = 1L;

    /** Creates an exception. */
    public NetworkException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
