package dev.sockeye.socketio.protocol;

import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/** Thrown when a payload does not fit the type that a handler expects, or an object cannot be encoded. */
public final class BindingException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Type expected;
    private final String path;

    /**
     * @param message what is wrong, without Java internals, because it may be sent to the peer
     * @param path the JSON path of the invalid value; {@code $} for the root
     */
    public BindingException(String message, Type expected, String path, @Nullable Throwable cause) {
        super(message, cause);
        this.expected = expected;
        this.path = path;
    }

    /** The expected type. */
    public Type expected() {
        return expected;
    }

    /** The JSON path of the invalid value, for example {@code $.items[2].price}. */
    public String path() {
        return path;
    }
}
