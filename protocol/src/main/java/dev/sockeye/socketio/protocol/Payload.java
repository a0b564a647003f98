package dev.sockeye.socketio.protocol;

import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/**
 * One value of a packet. A received value is decoded on access; a value to be sent holds the Java object.
 *
 * <p>Natural types: {@code null}, {@link Boolean}, {@link Integer}/{@link Long}/{@link java.math.BigInteger}, {@link
 * Double}, {@link String}, {@code byte[]}, {@link java.util.List}, {@link java.util.Map} with string keys in order; from msgpack
 * also {@link java.time.Instant} for a timestamp.
 *
 * <p>Thread-safe.
 */
public interface Payload {

    /** Returns the value as its natural type. */
    @Nullable
    Object get();

    /**
     * Returns the value converted to a type.
     *
     * @throws BindingException if it does not fit; the message has the expected type and the JSON path
     */
    @Nullable
    Object get(Type type);

    /** Returns the value converted to a class. */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    default <T> @Nullable T get(Class<T> type) {
        return (T) get((Type) type);
    }

    /** Returns the value converted to a generic type. */
    @SuppressWarnings("unchecked")
    default <T> @Nullable T get(TypeRef<T> type) {
        return (T) get(type.type());
    }

    /** Creates a value to be sent. It is encoded later, by the parser, and must not change before. */
    static Payload of(@Nullable Object value) {
        return value instanceof Payload payload ? payload : new JavaPayload(FoundBinding.INSTANCE, value);
    }
}
