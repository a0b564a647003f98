package dev.sockeye.socketio.protocol;

import java.lang.reflect.Type;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Converts Java objects to JSON and back. Implementations must be thread-safe.
 *
 * <p>Binary ({@code byte[]}, {@link java.nio.ByteBuffer}) anywhere inside a value is put into {@code attachments} and
 * written as {@code {"_placeholder":true,"num":i}}, i being its index there; reading does the reverse.
 */
public interface PayloadBinding {

    /**
     * The binding that is used by default. It is looked up once with {@link java.util.ServiceLoader} and the class
     * loader of this interface: a {@code PayloadBinding} that the application registers as a service, otherwise the one
     * for Jackson 3.
     *
     * @throws IllegalStateException if there is no binding: Jackson is not on the class path, and no other binding is
     *     registered
     */
    static PayloadBinding defaultBinding() {
        return DefaultBinding.get();
    }

    /**
     * Encodes a value as JSON without white space, in UTF-8.
     *
     * @param attachments receives the binaries found, in the order of writing
     * @throws BindingException if it cannot be encoded (a cycle, or an object that the library rejects)
     */
    byte[] write(@Nullable Object value, List<byte[]> attachments);

    /**
     * Decodes one JSON value.
     *
     * @throws BindingException if it does not fit the type; the message has the JSON path
     */
    @Nullable
    Object read(byte[] json, int offset, int length, List<byte[]> attachments, Type type);

    /**
     * Converts a value to its natural types (see {@link Payload}); binaries become {@code byte[]}.
     *
     * @throws BindingException if it cannot be encoded
     */
    @Nullable
    Object toNatural(@Nullable Object value);

    /**
     * Converts a value of any type to another type; {@code null} stays {@code null}.
     *
     * @throws BindingException if it does not fit the type
     */
    @Nullable
    Object convert(@Nullable Object value, Type type);
}
