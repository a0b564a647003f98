package dev.sockeye.socketio.protocol;

import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Received arguments as msgpack in the array of the message. */
final class MsgpackArguments implements Arguments {
    private final PayloadBinding binding;
    private final byte[] bytes;
    /** The start of each argument, and the end of the last one. */
    private final int[] bounds;

    MsgpackArguments(PayloadBinding binding, byte[] bytes, int[] bounds) {
        this.binding = binding;
        this.bytes = bytes;
        this.bounds = bounds;
    }

    @Override
    public int size() {
        return bounds.length - 1;
    }

    @Override
    public @Nullable Object get(int index) {
        return index < 0 || index >= size() ? null : MsgpackPayload.read(bytes, bounds[index], bounds[index + 1]);
    }

    @Override
    public @Nullable Object get(int index, Type type) {
        Object natural = get(index);
        return natural == null || type == Object.class ? natural : binding.convert(natural, type);
    }

    @Override
    public Payload payload(int index) {
        return index < 0 || index >= size()
                ? JavaPayload.NULL
                : new MsgpackPayload(binding, bytes, bounds[index], bounds[index + 1]);
    }

    @Override
    public List<@Nullable Object> toList() {
        List<@Nullable Object> list = new ArrayList<>(size());
        for (int i = 0; i < size(); i++) {
            list.add(get(i));
        }
        return Collections.unmodifiableList(list);
    }

    @Override
    public boolean isPlain() {
        return true;
    }

    @Override
    public long retainedBytes() {
        return (long) bounds[size()] - bounds[0];
    }

    @Override
    public Arguments plus(@Nullable Object value) {
        @Nullable Object[] values = new Object[size() + 1];
        for (int i = 0; i < size(); i++) {
            values[i] = payload(i);
        }
        values[size()] = value;
        return new JavaArguments(binding, values);
    }

    void writeTo(MsgpackWriter out) {
        int from = bounds[0];
        out.writeRaw(bytes, from, bounds[size()] - from);
    }

    @Override
    public String toString() {
        return toList().toString();
    }
}
