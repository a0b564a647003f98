package dev.sockeye.socketio.protocol;

import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Arguments given as Java objects. */
final class JavaArguments implements Arguments {
    static final JavaArguments NONE = new JavaArguments(new Object[0]);

    private final @Nullable Object[] values;

    JavaArguments(@Nullable Object[] values) {
        this.values = values;
    }

    @Override
    public int size() {
        return values.length;
    }

    @Override
    public @Nullable Object get(int index) {
        return index < values.length ? values[index] : null;
    }

    @Override
    public @Nullable Object get(int index, Type type) {
        return JacksonBinding.shared().convert(get(index), type);
    }

    @Override
    public List<@Nullable Object> toList() {
        return Collections.unmodifiableList(Arrays.asList(values));
    }

    @Override
    public Arguments plus(@Nullable Object value) {
        @Nullable Object[] more = Arrays.copyOf(values, values.length + 1);
        more[values.length] = value;
        return new JavaArguments(more);
    }
}
