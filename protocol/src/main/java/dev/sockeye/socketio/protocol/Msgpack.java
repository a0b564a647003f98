package dev.sockeye.socketio.protocol;

import org.jspecify.annotations.Nullable;

/**
 * Plain msgpack documents, for messages between servers: written in the format of npm {@code notepack.io}, read from
 * any encoder. The natural types are those of {@link Payload}. Thread-safe.
 */
public final class Msgpack {
    private Msgpack() {}

    /**
     * Encodes a value, which may contain {@link Payload}s and {@link Arguments}.
     *
     * @throws BindingException if it cannot be encoded
     */
    public static byte[] encode(@Nullable Object value) {
        MsgpackWriter out = new MsgpackWriter(FoundBinding.INSTANCE, true);
        out.writeValue(value);
        return out.toBytes();
    }

    /**
     * Returns a payload for the single value in the array, which is decoded on access.
     *
     * @throws DecodeException if it is malformed, nested too deeply, or followed by more bytes
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
     * Decodes the single value in the array to natural types.
     *
     * @throws DecodeException if it is malformed, nested too deeply, or followed by more bytes
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
