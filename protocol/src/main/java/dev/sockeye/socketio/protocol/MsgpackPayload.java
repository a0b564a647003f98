package dev.sockeye.socketio.protocol;

import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/** A received value as msgpack. When it is sent again, its bytes are copied. */
final class MsgpackPayload implements Payload {
    private final PayloadBinding binding;
    private final byte[] bytes;
    private final int from;
    private final int to;

    /** A part of a validated message. */
    MsgpackPayload(PayloadBinding binding, byte[] bytes, int from, int to) {
        this.binding = binding;
        this.bytes = bytes;
        this.from = from;
        this.to = to;
    }

    byte[] bytes() {
        return bytes;
    }

    int from() {
        return from;
    }

    int to() {
        return to;
    }

    @Override
    public @Nullable Object get() {
        return read(bytes, from, to);
    }

    @Override
    public @Nullable Object get(Type type) {
        Object natural = get();
        return type == Object.class ? natural : binding.convert(natural, type);
    }

    void writeTo(MsgpackWriter out) {
        out.writeRaw(bytes, from, to - from);
    }

    static @Nullable Object read(byte[] bytes, int from, int to) {
        try {
            return new MsgpackReader(bytes, from, to).value();
        } catch (DecodeException e) {
            throw new IllegalStateException("checked msgpack is malformed", e);
        }
    }

    @Override
    public String toString() {
        return String.valueOf(get());
    }
}
