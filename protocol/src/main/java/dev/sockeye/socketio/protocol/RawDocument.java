package dev.sockeye.socketio.protocol;

import dev.sockeye.text.Utf8;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the outer level of JSON or msgpack documents, for messages between servers. The values are kept as bytes and
 * decoded on access; when they are sent again, the bytes are copied. Thread-safe.
 */
public final class RawDocument {
    private RawDocument() {}

    /**
     * Returns the fields of a document. If the first byte is <code>{</code> it is JSON, otherwise msgpack.
     *
     * @throws DecodeException if it is malformed or not a map with string keys
     */
    public static Map<String, Payload> fields(byte[] document) throws DecodeException {
        if (document.length == 0 || document[0] != '{') {
            MsgpackReader reader = new MsgpackReader(document, 0, document.length);
            reader.skip(1);
            if (reader.position() != document.length) {
                throw new DecodeException("invalid msgpack");
            }
            return msgpackFields(document, 0, document.length);
        }
        byte[] json = document;
        if (!Utf8.isValid(json, 0, json.length)) {
            json = new String(json, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8);
        }
        JsonScanner scanner = JsonScanner.take();
        try {
            if (!scanner.scan(json, 0, json.length, 0)) {
                throw new DecodeException("malformed JSON");
            }
        } finally {
            scanner.release();
        }
        return jsonFields(json, 0);
    }

    /**
     * Returns the fields of a value; empty for null.
     *
     * @throws DecodeException if it is not a map with string keys
     */
    public static Map<String, Payload> fields(Payload value) throws DecodeException {
        if (isNull(value)) {
            return Map.of();
        }
        if (value instanceof JsonPayload json && json.bytes()[json.offset()] == '{') {
            return jsonFields(json.bytes(), json.offset());
        }
        if (value instanceof MsgpackPayload msgpack) {
            return msgpackFields(msgpack.bytes(), msgpack.from(), msgpack.to());
        }
        throw new DecodeException("not a document");
    }

    private static boolean isNull(Payload value) {
        if (value instanceof JsonPayload json) {
            return json.bytes()[json.offset()] == 'n';
        }
        return value instanceof MsgpackPayload msgpack && msgpack.bytes()[msgpack.from()] == (byte) 0xc0;
    }

    /**
     * Returns the elements of an array; {@code null} if the value is not an array.
     *
     * @param first the number of elements to skip
     */
    public static @Nullable Arguments elements(Payload value, int first) {
        try {
            if (value instanceof JsonPayload json && json.bytes()[json.offset()] == '[') {
                JsonScanner scanner = JsonScanner.take();
                try {
                    return scanner.scan(json.bytes(), json.offset(), json.length(), 0)
                            ? JsonArguments.of(FoundBinding.INSTANCE, json.bytes(), List.of(), scanner, first)
                            : null;
                } finally {
                    scanner.release();
                }
            }
            if (value instanceof MsgpackPayload msgpack) {
                return msgpackElements(msgpack, first);
            }
        } catch (DecodeException e) {
            throw new IllegalStateException("a checked document is malformed", e);
        }
        return null;
    }

    private static @Nullable Arguments msgpackElements(MsgpackPayload value, int first) throws DecodeException {
        MsgpackReader reader = new MsgpackReader(value.bytes(), value.from(), value.to());
        if (!MsgpackReader.isArray(reader.peek())) {
            return null;
        }
        int count = reader.arrayHeader();
        if (count <= first) {
            return Arguments.none();
        }
        int[] bounds = new int[count - first + 1];
        for (int i = 0; i < count; i++) {
            if (i >= first) {
                bounds[i - first] = reader.position();
            }
            reader.skip(2);
        }
        bounds[count - first] = reader.position();
        return new MsgpackArguments(FoundBinding.INSTANCE, value.bytes(), bounds);
    }

    private static Map<String, Payload> msgpackFields(byte[] bytes, int from, int to) throws DecodeException {
        MsgpackReader reader = new MsgpackReader(bytes, from, to);
        if (!MsgpackReader.isMap(reader.peek())) {
            throw new DecodeException("not a document");
        }
        int count = reader.mapHeader();
        Map<String, Payload> fields = new LinkedHashMap<>(2 * count);
        for (int i = 0; i < count; i++) {
            if (!MsgpackReader.isString(reader.peek())) {
                throw new DecodeException("not a document");
            }
            String key = reader.string();
            int start = reader.position();
            reader.skip(2);
            fields.put(key, new MsgpackPayload(FoundBinding.INSTANCE, bytes, start, reader.position()));
        }
        return fields;
    }

    /** Returns the fields of an object in validated JSON. */
    private static Map<String, Payload> jsonFields(byte[] json, int start) {
        Map<String, Payload> fields = new LinkedHashMap<>(8);
        int at = skipSpace(json, start + 1);
        while (json[at] != '}') {
            int key = at;
            at = skipValue(json, at);
            String name = JsonReader.string(json, key);
            at = skipSpace(json, skipSpace(json, at) + 1); // the colon
            int from = at;
            at = skipValue(json, at);
            fields.put(name, new JsonPayload(FoundBinding.INSTANCE, json, from, at - from, List.of()));
            at = skipSpace(json, at);
            if (json[at] == ',') {
                at = skipSpace(json, at + 1);
            }
        }
        return fields;
    }

    private static int skipSpace(byte[] json, int from) {
        int at = from;
        while (json[at] <= ' ') {
            at++;
        }
        return at;
    }

    /** Returns the position after a validated value. */
    private static int skipValue(byte[] json, int from) {
        int at = from;
        int depth = 0;
        do {
            switch (json[at]) {
                case '"' -> at = skipText(json, at);
                case '{', '[' -> {
                    depth++;
                    at++;
                }
                case '}', ']' -> {
                    depth--;
                    at++;
                }
                case ',', ':', ' ', '\n', '\r', '\t' -> at++;
                default -> at = skipWord(json, at);
            }
        } while (depth > 0);
        return at;
    }

    private static int skipText(byte[] json, int from) {
        int at = from + 1;
        while (json[at] != '"') {
            at += json[at] == '\\' ? 2 : 1;
        }
        return at + 1;
    }

    private static int skipWord(byte[] json, int from) {
        int at = from;
        while (at < json.length && json[at] > ' ' && json[at] != ',' && json[at] != '}' && json[at] != ']') {
            at++;
        }
        return at;
    }
}
