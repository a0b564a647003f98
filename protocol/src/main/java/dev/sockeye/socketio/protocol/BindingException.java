package dev.sockeye.socketio.protocol;

import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/** A payload does not fit the type that a handler expects, or an object cannot be encoded. */
public final class BindingException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Type expected;
    private final String path;

    /**
     * @param message what was wrong, without Java internals: it may be shown to the peer
     * @param path the JSON path of the offending place, {@code $} for the value itself
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

    /** The JSON path inside the value, for example {@code $.items[2].price}. */
    public String path() {
        return path;
    }
}
