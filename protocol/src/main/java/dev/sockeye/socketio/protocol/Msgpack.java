package dev.sockeye.socketio.protocol;

import org.jspecify.annotations.Nullable;

/**
 * Plain msgpack documents, for what servers say to each other: written as npm {@code notepack.io} does, read from any encoder.
 * Natural types are those of {@link Payload}. Any thread.
 */
public final class Msgpack {
    private Msgpack() {}

    /**
     * Encodes a value. {@link Payload}s and {@link Arguments} may be anywhere inside.
     *
     * @throws BindingException it cannot be encoded
     */
    public static byte[] encode(@Nullable Object value) {
        MsgpackWriter out = new MsgpackWriter(FoundBinding.INSTANCE, true);
        out.writeValue(value);
        return out.toBytes();
    }

    /**
     * One value that fills the array, to be decoded when it is asked for.
     *
     * @throws DecodeException it is malformed, too deep, or followed by something
     */
    public static Payload payload(byte[] bytes) throws DecodeException {
        MsgpackReader reader = new MsgpackReader(bytes, 0, bytes.length);
        reader.skip(1);
        if (reader.position() != bytes.length) {
            throw new DecodeException("invalid msgpack");
        }
        return new MsgpackPayload(FoundBinding.INSTANCE, bytes, 0, bytes.length);
    }

    /**
     * Decodes one value that fills the array, into natural types.
     *
     * @throws DecodeException it is malformed, too deep, or followed by something
     */
    public static @Nullable Object decode(byte[] bytes) throws DecodeException {
        MsgpackReader reader = new MsgpackReader(bytes, 0, bytes.length);
        reader.skip(1);
        if (reader.position() != bytes.length) {
            throw new DecodeException("invalid msgpack");
        }
        reader.position(0);
        return reader.value();
    }
}
