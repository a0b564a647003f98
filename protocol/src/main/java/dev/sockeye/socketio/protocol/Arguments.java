package dev.sockeye.socketio.protocol;

import java.lang.reflect.Type;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of an event or an acknowledgement, in order. Received arguments are kept as bytes and decoded on
 * access. Immutable and thread-safe.
 */
public interface Arguments {

    /** No arguments. */
    static Arguments none() {
        return JavaArguments.NONE;
    }

    /** Creates arguments to be sent. They are encoded later, by the parser, and must not change before. */
    static Arguments of(@Nullable Object... values) {
        return values.length == 0 ? JavaArguments.NONE : new JavaArguments(FoundBinding.INSTANCE, values.clone());
    }

    /** The number of arguments. */
    int size();

    /**
     * Returns an argument as its natural type (see {@link Payload}); {@code null} also if there are fewer arguments.
     */
    @Nullable
    Object get(int index);

    /**
     * Returns an argument converted to a type; {@code null} also if there are fewer arguments.
     *
     * @throws BindingException if it does not fit
     */
    @Nullable
    Object get(int index, Type type);

    /**
     * Returns an argument as a payload: received JSON is kept as bytes until the payload is read, and is copied as
     * bytes when it is sent again. Returns a payload of {@code null} if there are fewer arguments.
     */
    Payload payload(int index);

    /** Returns an argument converted to a class. */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    default <T> @Nullable T get(int index, Class<T> type) {
        return (T) get(index, (Type) type);
    }

    /** Returns an argument converted to a generic type. */
    @SuppressWarnings("unchecked")
    default <T> @Nullable T get(int index, TypeRef<T> type) {
        return (T) get(index, type.type());
    }

    /** Returns all arguments as their natural types; unmodifiable, may contain {@code null}. */
    List<@Nullable Object> toList();

    /**
     * Whether all arguments are received values, strings, numbers, booleans or {@code null}: then encoding them runs no
     * application code, and they cannot change.
     */
    default boolean isPlain() {
        return false;
    }

    /**
     * The estimated memory size in bytes, for memory limits: the size of received values, strings and binaries; all
     * other values, including objects of the application, count 16 bytes each.
     */
    default long retainedBytes() {
        return 16L * size();
    }

    /** Returns these arguments with one more appended. */
    Arguments plus(@Nullable Object value);
}
