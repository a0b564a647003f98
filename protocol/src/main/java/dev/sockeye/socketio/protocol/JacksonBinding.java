package dev.sockeye.socketio.protocol;

import java.lang.reflect.Type;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Binding with Jackson 3. */
public final class JacksonBinding implements PayloadBinding {
    private static final JacksonBinding SHARED = new JacksonBinding();

    /** A binding with default settings, shared. */
    public static JacksonBinding shared() {
        return SHARED;
    }

    @Override
    public byte[] write(@Nullable Object value, List<byte[]> attachments) {
        throw new UnsupportedOperationException();
    }

    @Override
    public @Nullable Object read(byte[] json, int offset, int length, List<byte[]> attachments, Type type) {
        throw new UnsupportedOperationException();
    }

    @Override
    public @Nullable Object toNatural(@Nullable Object value) {
        throw new UnsupportedOperationException();
    }

    @Override
    public @Nullable Object convert(@Nullable Object value, Type type) {
        throw new UnsupportedOperationException();
    }
}
