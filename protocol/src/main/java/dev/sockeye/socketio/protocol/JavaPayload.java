package dev.sockeye.socketio.protocol;

import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/** A value given as a Java object. */
record JavaPayload(@Nullable Object value) implements Payload {

    @Override
    public @Nullable Object get() {
        return value;
    }

    @Override
    public @Nullable Object get(Type type) {
        return JacksonBinding.shared().convert(value, type);
    }
}
