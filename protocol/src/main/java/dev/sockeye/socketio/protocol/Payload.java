package dev.sockeye.socketio.protocol;

import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/**
 * One value of a packet. A received one is decoded when asked for as a type; one to be sent holds the Java object.
 *
 * <p>Natural types: {@code null}, {@link Boolean}, {@link Integer}/{@link Long}/{@link java.math.BigInteger}, {@link
 * Double}, {@link String}, {@code byte[]}, {@link java.util.List}, {@link java.util.Map} with string keys in order; from msgpack
 * also {@link java.time.Instant} for a timestamp.
 *
 * <p>Safe for use by several threads.
 */
public interface Payload {

    /** The value as its natural type. */
    @Nullable
    Object get();

    /**
     * The value as a type.
     *
     * @throws BindingException it does not fit; says the expected type and the JSON path
     */
    @Nullable
    Object get(Type type);

    /** The value as a class. */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    default <T> @Nullable T get(Class<T> type) {
        return (T) get((Type) type);
    }

    /** The value as a generic type. */
    @SuppressWarnings("unchecked")
    default <T> @Nullable T get(TypeRef<T> type) {
        return (T) get(type.type());
    }

    /** A value to be sent. It is encoded later, by the parser; it must not change before. */
    static Payload of(@Nullable Object value) {
        return value instanceof Payload payload ? payload : new JavaPayload(FoundBinding.INSTANCE, value);
    }
}
