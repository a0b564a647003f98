package dev.sockeye.socketio.protocol;

import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Arguments given as Java objects, which may include {@link Payload}s. */
final class JavaArguments implements Arguments {
    static final JavaArguments NONE = new JavaArguments(FoundBinding.INSTANCE, new Object[0]);

    private final PayloadBinding binding;
    private final @Nullable Object[] values;

    JavaArguments(PayloadBinding binding, @Nullable Object[] values) {
        this.binding = binding;
        this.values = values;
    }

    /** The given values; must not be modified. */
    @Nullable
    Object[] values() {
        return values;
    }

    @Override
    public int size() {
        return values.length;
    }

    @Override
    public @Nullable Object get(int index) {
        if (index < 0 || index >= values.length) {
            return null;
        }
        return values[index] instanceof Payload payload ? payload.get() : values[index];
    }

    @Override
    public @Nullable Object get(int index, Type type) {
        if (index < 0 || index >= values.length) {
            return null;
        }
        return values[index] instanceof Payload payload ? payload.get(type) : binding.convert(values[index], type);
    }

    @Override
    public Payload payload(int index) {
        if (index < 0 || index >= values.length) {
            return JavaPayload.NULL;
        }
        return values[index] instanceof Payload payload ? payload : new JavaPayload(binding, values[index]);
    }

    @Override
    public List<@Nullable Object> toList() {
        List<@Nullable Object> list = new ArrayList<>(values.length);
        for (int i = 0; i < values.length; i++) {
            list.add(get(i));
        }
        return Collections.unmodifiableList(list);
    }

    @Override
    public boolean isPlain() {
        for (Object value : values) {
            if (!(value == null
                    || value instanceof String
                    || value instanceof Integer
                    || value instanceof Long
                    || value instanceof Double
                    || value instanceof Boolean
                    || value instanceof JsonPayload
                    || value instanceof MsgpackPayload)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public long retainedBytes() {
        long bytes = 0;
        for (Object value : values) {
            bytes += value instanceof JsonPayload json
                    ? json.retainedBytes()
                    : value instanceof MsgpackPayload msgpack
                            ? (long) msgpack.to() - msgpack.from()
                            : value instanceof String text ? text.length() : value instanceof byte[] b ? b.length : 16;
        }
        return bytes;
    }

    @Override
    public Arguments plus(@Nullable Object value) {
        // copied because the given array may be, for example, a String[]
        @Nullable Object[] more = Arrays.copyOf(values, values.length + 1, Object[].class);
        more[values.length] = value;
        return new JavaArguments(binding, more);
    }

    @Override
    public String toString() {
        return Arrays.toString(values);
    }
}
