package dev.sockeye.socketio.protocol;

import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A received value as JSON. */
final class JsonPayload implements RawJson {
    private final PayloadBinding binding;
    private final byte[] json;
    private final int offset;
    private final int length;
    private final List<byte[]> attachments;

    JsonPayload(PayloadBinding binding, byte[] json, int offset, int length, List<byte[]> attachments) {
        this.binding = binding;
        this.json = json;
        this.offset = offset;
        this.length = length;
        this.attachments = attachments;
    }

    byte[] bytes() {
        return json;
    }

    int offset() {
        return offset;
    }

    int length() {
        return length;
    }

    /** The size of the value in bytes; binaries count for each value of their message. */
    long retainedBytes() {
        return length + bytes(attachments);
    }

    static long bytes(List<byte[]> attachments) {
        long bytes = 0;
        for (int i = 0; i < attachments.size(); i++) {
            bytes += attachments.get(i).length;
        }
        return bytes;
    }

    @Override
    public @Nullable Object get() {
        return get((Type) Object.class);
    }

    @Override
    public @Nullable Object get(Type type) {
        return read(binding, json, offset, length, attachments, type);
    }

    @Override
    public void writeTo(JsonOutput out) {
        copy(json, offset, length, attachments, out);
    }

    @Override
    public String toString() {
        return new String(json, offset, length, StandardCharsets.UTF_8);
    }

    /** Reads a part of a message that was validated by the scanner. */
    static @Nullable Object read(
            PayloadBinding binding, byte[] json, int offset, int length, List<byte[]> attachments, Type type) {
        return binding instanceof DirectBinding direct
                ? direct.readChecked(json, offset, length, attachments, type)
                : binding.read(json, offset, length, attachments, type);
    }

    /** Copies a value unchanged; if there are attachments, its placeholders are renumbered. */
    static void copy(byte[] json, int offset, int length, List<byte[]> attachments, JsonOutput out) {
        if (attachments.isEmpty()) {
            out.write(json, offset, length);
            return;
        }
        JsonScanner scanner = JsonScanner.take();
        try {
            scanner.scan(json, offset, length, attachments.size());
            int from = offset;
            for (int i = 0; i < scanner.placeholderCount(); i++) {
                int at = scanner.placeholderAt(i);
                out.write(json, from, at - from);
                out.writeBinary(attachments.get(scanner.placeholderNum(i)));
                from = scanner.placeholderEnd(i);
            }
            out.write(json, from, offset + length - from);
        } finally {
            scanner.release();
        }
    }
}
