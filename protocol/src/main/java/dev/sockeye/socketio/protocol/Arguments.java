package dev.sockeye.socketio.protocol;

import java.lang.reflect.Type;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of an event or an acknowledgement, in order. Received ones stay bytes until asked for. Immutable; safe for
 * use by several threads.
 */
public interface Arguments {

    /** No arguments. */
    static Arguments none() {
        return JavaArguments.NONE;
    }

    /** Arguments to be sent. They are encoded later, by the parser; they must not change before. */
    static Arguments of(@Nullable Object... values) {
        return values.length == 0 ? JavaArguments.NONE : new JavaArguments(FoundBinding.INSTANCE, values.clone());
    }

    /** How many there are. */
    int size();

    /** One argument as its natural type (see {@link Payload}); {@code null} also when there are fewer. */
    @Nullable
    Object get(int index);

    /**
     * One argument as a type; {@code null} also when there are fewer.
     *
     * @throws BindingException it does not fit
     */
    @Nullable
    Object get(int index, Type type);

    /**
     * One argument as a payload: received JSON stays bytes until the payload is asked, and is copied as bytes when sent
     * again. A payload of {@code null} when there are fewer.
     */
    Payload payload(int index);

    /** One argument as a class. */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    default <T> @Nullable T get(int index, Class<T> type) {
        return (T) get(index, (Type) type);
    }

    /** One argument as a generic type. */
    @SuppressWarnings("unchecked")
    default <T> @Nullable T get(int index, TypeRef<T> type) {
        return (T) get(index, type.type());
    }

    /** All arguments as their natural types, unmodifiable; may hold {@code null}. */
    List<@Nullable Object> toList();

    /**
     * Whether all are received values, texts, numbers, booleans or {@code null}: then encoding them runs no code of the
     * application, and they cannot change.
     */
    default boolean isPlain() {
        return false;
    }

    /**
     * Bytes of the received values, texts and binaries among them; other values count 16 each. An estimate for bounds on memory:
     * the application's own objects are not measured.
     */
    default long retainedBytes() {
        return 16L * size();
    }

    /** These arguments and one more. */
    Arguments plus(@Nullable Object value);
}
