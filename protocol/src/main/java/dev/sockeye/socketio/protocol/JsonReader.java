package dev.sockeye.socketio.protocol;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads JSON that was validated by {@link JsonScanner} as natural types. Placeholders become binaries. */
final class JsonReader {
    /** Longer whole numbers are read as double, because parsing a BigInteger takes quadratic time. */
    private static final int MAX_DIGITS = 1000;

    /** From this length on, quotes included, a string is read by {@link #longText}. */
    private static final int LONG_TEXT = 128;

    /** How much of a long string is searched for an escape before the rest. */
    private static final int EARLY = 32;

    private final byte[] bytes;
    private final List<byte[]> attachments;
    private final int end;
    private int at;

    private JsonReader(byte[] bytes, int offset, int end, List<byte[]> attachments) {
        this.bytes = bytes;
        this.at = offset;
        this.end = end;
        this.attachments = attachments;
    }

    /** Reads the value at the offset, without surrounding white space. */
    static @Nullable Object read(byte[] bytes, int offset, int length, List<byte[]> attachments) {
        return switch (bytes[offset]) {
            case 't' -> true;
            case 'f' -> false;
            case 'n' -> null;
            case '"' -> {
                String text = length < LONG_TEXT ? null : longText(bytes, offset + 1, length - 2);
                yield text == null ? new JsonReader(bytes, offset, offset + length, attachments).stringValue() : text;
            }
            default -> new JsonReader(bytes, offset, offset + length, attachments).value();
        };
    }

    /**
     * A string of which both ends are known; {@code null} when it has escapes. The JDK makes the text and looks for the backslash with
     * vector instructions, where a search for the closing quote would take longer than both.
     */
    private static @Nullable String longText(byte[] bytes, int from, int length) {
        int early = JsonText.plainUntil(bytes, from, from + EARLY);
        if (early < from + EARLY && bytes[early] == '\\') {
            return null; // most texts with escapes have one soon
        }
        String text = new String(bytes, from, length, StandardCharsets.UTF_8);
        return text.indexOf('\\') < 0 ? text : null;
    }

    /** Reads the string whose opening quote is at {@code quote}. */
    static String string(byte[] bytes, int quote) {
        int from = quote + 1;
        int at = from;
        while (true) {
            byte b = bytes[at];
            if (b == '"') {
                return new String(bytes, from, at - from, StandardCharsets.UTF_8);
            }
            if (b == '\\') {
                return new JsonReader(bytes, quote, bytes.length, List.of()).escaped();
            }
            at++;
        }
    }

    static double toDouble(byte[] bytes, int from, int to) {
        return Double.parseDouble(new String(bytes, from, to - from, StandardCharsets.ISO_8859_1));
    }

    /** Reads a number: Integer, Long, BigInteger or Double. */
    static Number number(byte[] bytes, int from, int to) {
        boolean negative = bytes[from] == '-';
        int digits = to - from - (negative ? 1 : 0);
        long value = 0;
        for (int i = to - digits; i < to; i++) {
            int digit = bytes[i] - '0';
            if (digit < 0 || digit > 9) {
                return toDouble(bytes, from, to);
            }
            value = digits <= 18 ? value * 10 + digit : 0;
        }
        if (digits > MAX_DIGITS) {
            return toDouble(bytes, from, to);
        }
        if (digits > 18) {
            BigInteger big = new BigInteger(new String(bytes, from, to - from, StandardCharsets.ISO_8859_1));
            if (big.bitLength() > 63) {
                return big;
            }
            value = big.longValue();
        } else if (negative) {
            value = -value;
        }
        if (value == (int) value) {
            return (int) value;
        }
        return value;
    }

    /** Returns the end of the number that starts here. */
    private static int numberEnd(byte[] bytes, int from, int end) {
        int at = from;
        while (at < end) {
            byte b = bytes[at];
            if ((b < '0' || b > '9') && b != '-' && b != '+' && b != '.' && b != 'e' && b != 'E') {
                break;
            }
            at++;
        }
        return at;
    }

    private void skipSpace() {
        while (bytes[at] <= ' ') {
            at++;
        }
    }

    private @Nullable Object value() {
        return switch (bytes[at]) {
            case '"' -> stringValue();
            case '{' -> object();
            case '[' -> array();
            case 't' -> word(4, true);
            case 'f' -> word(5, false);
            case 'n' -> word(4, null);
            default -> {
                int from = at;
                at = numberEnd(bytes, from, end);
                yield number(bytes, from, at);
            }
        };
    }

    private @Nullable Object word(int length, @Nullable Object value) {
        at += length;
        return value;
    }

    private List<@Nullable Object> array() {
        List<@Nullable Object> list = new ArrayList<>();
        at++;
        skipSpace();
        while (bytes[at] != ']') {
            list.add(value());
            skipSpace();
            if (bytes[at] == ',') {
                at++;
                skipSpace();
            }
        }
        at++;
        return list;
    }

    private Object object() {
        if (!attachments.isEmpty()) {
            int num = JsonScanner.usualPlaceholder(bytes, at, end);
            if (num >= 0 && num < attachments.size()) {
                at += JsonScanner.usualPlaceholderLength(num);
                return attachments.get(num);
            }
        }
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        at++;
        skipSpace();
        while (bytes[at] != '}') {
            String key = stringValue();
            skipSpace();
            at++;
            skipSpace();
            map.put(key, value());
            skipSpace();
            if (bytes[at] == ',') {
                at++;
                skipSpace();
            }
        }
        at++;
        if (!attachments.isEmpty() && Boolean.TRUE.equals(map.get("_placeholder"))) {
            if (map.get("num") instanceof Number num) {
                double index = num.doubleValue();
                if (index == Math.rint(index) && index >= 0 && index < attachments.size()) {
                    return attachments.get((int) index);
                }
            }
        }
        return map;
    }

    private String stringValue() {
        int from = at + 1;
        int i = JsonText.plainUntil(bytes, from, end);
        if (bytes[i] < 0) {
            i = JsonText.unescapedUntil(bytes, i, end);
        }
        if (bytes[i] == '\\') {
            return escaped();
        }
        at = i + 1;
        return new String(bytes, from, i - from, StandardCharsets.UTF_8);
    }

    /** A string with escapes; {@link #at} is at its opening quote. */
    private String escaped() {
        StringBuilder text = new StringBuilder();
        int from = ++at;
        while (true) {
            byte b = bytes[at];
            if (b != '"' && b != '\\') {
                at++;
                continue;
            }
            if (at > from) {
                text.append(new String(bytes, from, at - from, StandardCharsets.UTF_8));
            }
            at++;
            if (b == '"') {
                return text.toString();
            }
            text.append(escape());
            from = at;
        }
    }

    private char escape() {
        byte b = bytes[at++];
        return switch (b) {
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> {
                int c = 0;
                for (int i = 0; i < 4; i++) {
                    c = (c << 4) | Character.digit(bytes[at++], 16);
                }
                yield (char) c;
            }
            default -> (char) b;
        };
    }
}
