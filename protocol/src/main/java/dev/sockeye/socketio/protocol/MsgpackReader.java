package dev.sockeye.socketio.protocol;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A cursor over msgpack data. {@link #skip} validates structure, lengths and depth without creating objects; {@link
 * #value} reads validated data as natural types. Every length is compared with the remaining bytes before anything is
 * allocated.
 */
final class MsgpackReader {
    private final byte[] bytes;
    private final int end;
    private int at;

    MsgpackReader(byte[] bytes, int offset, int end) {
        this.bytes = bytes;
        this.at = offset;
        this.end = end;
    }

    private static DecodeException malformed() {
        return new DecodeException("invalid msgpack");
    }

    int position() {
        return at;
    }

    void position(int to) {
        at = to;
    }

    int peek() throws DecodeException {
        if (at >= end) {
            throw malformed();
        }
        return bytes[at] & 0xff;
    }

    private int u8() throws DecodeException {
        int b = peek();
        at++;
        return b;
    }

    private long unsigned(int count) throws DecodeException {
        if (end - at < count) {
            throw malformed();
        }
        long value = 0;
        for (int i = 0; i < count; i++) {
            value = (value << 8) | (bytes[at++] & 0xff);
        }
        return value;
    }

    private void advance(long count) throws DecodeException {
        if (count > end - at) {
            throw malformed();
        }
        at += (int) count;
    }

    static boolean isMap(int first) {
        return (first >= 0x80 && first < 0x90) || first == 0xde || first == 0xdf;
    }

    static boolean isArray(int first) {
        return (first >= 0x90 && first < 0xa0) || first == 0xdc || first == 0xdd;
    }

    static boolean isString(int first) {
        return (first >= 0xa0 && first < 0xc0) || (first >= 0xd9 && first <= 0xdb);
    }

    /** Reads the header of a map; returns the number of entries. */
    int mapHeader() throws DecodeException {
        int first = u8();
        long count = first < 0x90 ? first & 0xf : unsigned(first == 0xde ? 2 : 4);
        if (2 * count > end - at) {
            throw malformed();
        }
        return (int) count;
    }

    /** Reads the header of an array; returns the number of elements. */
    int arrayHeader() throws DecodeException {
        int first = u8();
        long count = first < 0xa0 ? first & 0xf : unsigned(first == 0xdc ? 2 : 4);
        if (count > end - at) {
            throw malformed();
        }
        return (int) count;
    }

    private int stringLength(int first) throws DecodeException {
        long length = first < 0xc0 ? first & 0x1f : unsigned(1 << (first - 0xd9));
        if (length > end - at) {
            throw malformed();
        }
        return (int) length;
    }

    /** Reads the header of a string and moves the cursor to its first byte; returns the number of bytes. */
    int stringHeader() throws DecodeException {
        return stringLength(u8());
    }

    String string() throws DecodeException {
        int length = stringHeader();
        String text = new String(bytes, at, length, StandardCharsets.UTF_8);
        at += length;
        return text;
    }

    /** Skips and validates one value. */
    void skip(int depth) throws DecodeException {
        if (depth > JsonScanner.MAX_DEPTH) {
            throw malformed();
        }
        int first = peek();
        if (isMap(first)) {
            for (int i = 2 * mapHeader(); i > 0; i--) {
                skip(depth + 1);
            }
        } else if (isArray(first)) {
            for (int i = arrayHeader(); i > 0; i--) {
                skip(depth + 1);
            }
        } else if (isString(first)) {
            advance(stringHeader());
        } else {
            at++;
            skipScalar(first);
        }
    }

    private void skipScalar(int first) throws DecodeException {
        if (first < 0x80 || first >= 0xe0 || first == 0xc0 || first == 0xc2 || first == 0xc3) {
            return;
        }
        if (first >= 0xc4 && first <= 0xc6) {
            advance(unsigned(1 << (first - 0xc4)));
        } else if (first >= 0xc7 && first <= 0xc9) {
            advance(unsigned(1 << (first - 0xc7)) + 1);
        } else if (first == 0xca) {
            advance(4);
        } else if (first == 0xcb) {
            advance(8);
        } else if (first >= 0xcc && first <= 0xcf) {
            advance(1 << (first - 0xcc));
        } else if (first >= 0xd0 && first <= 0xd3) {
            advance(1 << (first - 0xd0));
        } else if (first >= 0xd4 && first <= 0xd8) {
            advance((1 << (first - 0xd4)) + 1);
        } else {
            throw malformed();
        }
    }

    /** Reads one value as its natural type. */
    @Nullable
    Object value() throws DecodeException {
        int first = peek();
        if (isMap(first)) {
            return map();
        }
        if (isArray(first)) {
            int count = arrayHeader();
            List<@Nullable Object> list = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                list.add(value());
            }
            return list;
        }
        if (isString(first)) {
            return string();
        }
        at++;
        return scalar(first);
    }

    private Map<String, @Nullable Object> map() throws DecodeException {
        int count = mapHeader();
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            String key = isString(peek()) ? string() : keyOf(value());
            map.put(key, value());
        }
        return map;
    }

    /** Converts a key that is not a string, as JavaScript does for property names. */
    private static String keyOf(@Nullable Object value) {
        if (value instanceof Number number) {
            return JsonDecoder.numberName(number);
        }
        return value == null || value instanceof Boolean || value instanceof Instant
                ? String.valueOf(value)
                : "[object Object]";
    }

    private @Nullable Object scalar(int first) throws DecodeException {
        if (first < 0x80) {
            return first;
        }
        if (first >= 0xe0) {
            return (int) (byte) first;
        }
        return switch (first) {
            case 0xc0 -> null;
            case 0xc2 -> false;
            case 0xc3 -> true;
            case 0xc4, 0xc5, 0xc6 -> binary((int) unsigned(1 << (first - 0xc4)));
            case 0xc7, 0xc8, 0xc9 -> extension((int) unsigned(1 << (first - 0xc7)));
            case 0xca -> (double) Float.intBitsToFloat((int) unsigned(4));
            case 0xcb -> Double.longBitsToDouble(unsigned(8));
            case 0xcc, 0xcd, 0xce -> number(unsigned(1 << (first - 0xcc)));
            case 0xcf -> unsignedLong(unsigned(8));
            case 0xd0 -> (int) (byte) unsigned(1);
            case 0xd1 -> (int) (short) unsigned(2);
            case 0xd2 -> (int) unsigned(4);
            case 0xd3 -> number(unsigned(8));
            case 0xd4, 0xd5, 0xd6, 0xd7, 0xd8 -> extension(1 << (first - 0xd4));
            default -> throw malformed();
        };
    }

    private static Object number(long value) {
        return value == (int) value ? (Object) (int) value : (Object) value;
    }

    private static Object unsignedLong(long value) {
        return value >= 0 ? number(value) : new BigInteger(Long.toUnsignedString(value));
    }

    private byte[] binary(int length) {
        byte[] copy = Arrays.copyOfRange(bytes, at, at + length);
        at += length;
        return copy;
    }

    /**
     * Reads an extension: timestamps, the older formats of the JavaScript encoder, and all others as type and bytes.
     */
    private @Nullable Object extension(int length) throws DecodeException {
        int type = (byte) u8();
        int next = at + length;
        Object value;
        if (type == -1 && (length == 4 || length == 8 || length == 12)) {
            value = timestamp(length);
        } else if (type == 0 && length == 1) {
            value = null;
        } else if (type == 0 && length == 8) {
            value = Instant.ofEpochMilli(unsigned(8));
        } else if (type == 0) {
            value = binary(length);
        } else {
            value = List.of(type, binary(length));
        }
        at = next;
        return value;
    }

    private Instant timestamp(int length) throws DecodeException {
        if (length == 4) {
            return Instant.ofEpochSecond(unsigned(4));
        }
        long nanos;
        long seconds;
        if (length == 8) {
            long both = unsigned(8);
            nanos = both >>> 34;
            seconds = both & 0x3_ffff_ffffL;
        } else {
            nanos = unsigned(4);
            seconds = unsigned(8);
        }
        try {
            return Instant.ofEpochSecond(seconds, nanos);
        } catch (DateTimeException | ArithmeticException e) {
            // out of range; an "Invalid Date" in JavaScript
            return seconds < 0 ? Instant.MIN : Instant.MAX;
        }
    }
}
