package dev.sockeye.socketio.protocol;

import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/** A value given as a Java object. */
record JavaPayload(PayloadBinding binding, @Nullable Object value) implements Payload {
    static final JavaPayload NULL = new JavaPayload(FoundBinding.INSTANCE, null);

    @Override
    public @Nullable Object get() {
        return value;
    }

    @Override
    public @Nullable Object get(Type type) {
        return binding.convert(value, type);
    }

    @Override
    public String toString() {
        return String.valueOf(value);
    }
}
