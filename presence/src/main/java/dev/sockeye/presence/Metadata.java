package dev.sockeye.presence;

import dev.sockeye.socketio.protocol.Payload;
import dev.sockeye.socketio.protocol.PayloadBinding;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Converts metadata to JSON and back. Thread-safe. */
final class Metadata {
    private final @Nullable PayloadBinding given;
    private final int maxBytes;

    Metadata(@Nullable PayloadBinding binding, int maxBytes) {
        this.given = binding;
        this.maxBytes = maxBytes;
    }

    private PayloadBinding binding() {
        return given == null ? PayloadBinding.defaultBinding() : given;
    }

    /**
     * Returns the JSON of a value; {@code null} for {@code null}.
     *
     * @throws IllegalArgumentException if it is too large or contains binary data
     */
    @Nullable
    String write(@Nullable Object value) {
        if (value == null) {
            return null;
        }
        List<byte[]> attachments = new ArrayList<>(0);
        byte[] json = binding().write(value instanceof Payload payload ? payload.get() : value, attachments);
        if (!attachments.isEmpty()) {
            throw new IllegalArgumentException("metadata must not contain binary data");
        }
        if (json.length > maxBytes) {
            throw new IllegalArgumentException(
                    "metadata may have " + maxBytes + " bytes (maxMetadataBytes), it has " + json.length);
        }
        return new String(json, StandardCharsets.UTF_8);
    }

    @Nullable
    Object read(@Nullable String text, Type type) {
        if (text == null) {
            return null;
        }
        byte[] json = text.getBytes(StandardCharsets.UTF_8);
        return binding().read(json, 0, json.length, List.of(), type);
    }

    @Nullable
    Object convert(@Nullable Object value, Type type) {
        return binding().convert(value, type);
    }
}
