package dev.sockeye.socketio.protocol;

import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Received arguments as JSON in the array of the message. Up to two arguments need no array of bounds. */
final class JsonArguments implements Arguments {
    private final PayloadBinding binding;
    private final byte[] json;
    private final List<byte[]> attachments;
    private final int size;
    private final int from0;
    private final int to0;
    private final int from1;
    private final int to1;
    private final int @Nullable [] bounds;

    private JsonArguments(
            PayloadBinding binding, byte[] json, List<byte[]> attachments, JsonScanner elements, int first) {
        this.binding = binding;
        this.json = json;
        this.attachments = attachments;
        this.size = elements.count() - first;
        this.from0 = elements.from(first);
        this.to0 = elements.to(first);
        this.from1 = size > 1 ? elements.from(first + 1) : 0;
        this.to1 = size > 1 ? elements.to(first + 1) : 0;
        this.bounds = size > 2 ? elements.bounds(first) : null;
    }

    /** Creates arguments from the elements found by a scanner, starting with {@code first}. */
    static Arguments of(
            PayloadBinding binding, byte[] json, List<byte[]> attachments, JsonScanner elements, int first) {
        return elements.count() <= first
                ? Arguments.none()
                : new JsonArguments(binding, json, attachments, elements, first);
    }

    private int from(int index) {
        int[] more = bounds;
        return more != null ? more[2 * index] : index == 0 ? from0 : from1;
    }

    private int to(int index) {
        int[] more = bounds;
        return more != null ? more[2 * index + 1] : index == 0 ? to0 : to1;
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public @Nullable Object get(int index) {
        return get(index, (Type) Object.class);
    }

    @Override
    public @Nullable Object get(int index, Type type) {
        if (index < 0 || index >= size) {
            return null;
        }
        int from = from(index);
        return JsonPayload.read(binding, json, from, to(index) - from, attachments, type);
    }

    @Override
    public Payload payload(int index) {
        if (index < 0 || index >= size) {
            return JavaPayload.NULL;
        }
        int from = from(index);
        return new JsonPayload(binding, json, from, to(index) - from, attachments);
    }

    @Override
    public List<@Nullable Object> toList() {
        List<@Nullable Object> list = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
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
        long bytes = 0;
        for (int i = 0; i < size; i++) {
            bytes += to(i) - from(i);
        }
        return bytes + JsonPayload.bytes(attachments);
    }

    @Override
    public Arguments plus(@Nullable Object value) {
        @Nullable Object[] values = new Object[size + 1];
        for (int i = 0; i < size; i++) {
            values[i] = payload(i);
        }
        values[size] = value;
        return new JavaArguments(binding, values);
    }

    /** Writes all arguments with commas between. */
    void writeTo(JsonOutput out) {
        for (int i = 0; i < size; i++) {
            if (i > 0) {
                out.write(',');
            }
            int from = from(i);
            JsonPayload.copy(json, from, to(i) - from, attachments, out);
        }
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("[");
        for (int i = 0; i < size; i++) {
            int from = from(i);
            text.append(i == 0 ? "" : ",").append(new String(json, from, to(i) - from, StandardCharsets.UTF_8));
        }
        return text.append(']').toString();
    }
}
