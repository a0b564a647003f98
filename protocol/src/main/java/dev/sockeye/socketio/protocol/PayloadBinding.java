package dev.sockeye.socketio.protocol;

import java.lang.reflect.Type;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Binds Java objects to JSON and back. Any thread, any number at once.
 *
 * <p>Binary ({@code byte[]}, {@link java.nio.ByteBuffer}) anywhere inside a value is put into {@code attachments} and
 * written as {@code {"_placeholder":true,"num":i}}, i being its index there; reading does the reverse.
 */
public interface PayloadBinding {

    /**
     * The binding that is used where none is given. {@link java.util.ServiceLoader} finds it, once, with the class loader of this
     * interface: a {@code PayloadBinding} that the application registers as a service, otherwise the one that uses Jackson 3.
     *
     * @throws IllegalStateException there is none: Jackson is not on the class path, and no other binding is registered
     */
    static PayloadBinding defaultBinding() {
        return DefaultBinding.get();
    }

    /**
     * Encodes a value as JSON without white space, in UTF-8.
     *
     * @param attachments receives the binaries found, in the order of writing
     * @throws BindingException it cannot be encoded (a cycle, an object that the library refuses)
     */
    byte[] write(@Nullable Object value, List<byte[]> attachments);

    /**
     * Decodes one JSON value.
     *
     * @throws BindingException it does not fit the type; says the JSON path
     */
    @Nullable
    Object read(byte[] json, int offset, int length, List<byte[]> attachments, Type type);

    /**
     * Turns a value into its natural types (see {@link Payload}); binaries stay {@code byte[]}.
     *
     * @throws BindingException it cannot be encoded
     */
    @Nullable
    Object toNatural(@Nullable Object value);

    /**
     * Turns a value of any type (natural or not) into another; {@code null} stays {@code null}.
     *
     * @throws BindingException it does not fit the type
     */
    @Nullable
    Object convert(@Nullable Object value, Type type);
}
