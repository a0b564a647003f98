package dev.sockeye.socketio.protocol;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Validates that bytes are one JSON value (RFC 8259) and records the positions of the elements of the outer array.
 * Creates no objects. If the packet has attachments, it also finds the placeholders and checks their numbers.
 */
final class JsonScanner {
    /** The maximum nesting depth; the same as Jackson's. */
    static final int MAX_DEPTH = 500;

    private static final int KEEP = 2048;
    private static final int SLOTS = 32;
    private static final AtomicReferenceArray<@Nullable JsonScanner> POOL = new AtomicReferenceArray<>(SLOTS);
    private static final byte[] EMPTY = {};
    private static final int NO_NUM = -1;
    private static final byte[] PLACEHOLDER_KEY = {'_', 'p', 'l', 'a', 'c', 'e', 'h', 'o', 'l', 'd', 'e', 'r'};
    private static final byte[] NUM_KEY = {'n', 'u', 'm'};
    private static final byte[] USUAL_PLACEHOLDER =
            "{\"_placeholder\":true,\"num\":".getBytes(StandardCharsets.US_ASCII);

    private byte[] bytes = EMPTY;
    private int end;
    private int signs;
    private int attachments;
    private boolean illegalPlaceholder;
    private int count;
    private int[] elements = new int[16];
    private int placeholderCount;
    private int[] placeholders = {};

    private JsonScanner() {}

    static JsonScanner take() {
        JsonScanner pooled = POOL.getAndSet(slot(), null);
        return pooled == null ? new JsonScanner() : pooled;
    }

    void release() {
        bytes = EMPTY;
        if (elements.length <= KEEP && placeholders.length <= KEEP) {
            POOL.lazySet(slot(), this);
        }
    }

    @SuppressWarnings("deprecation") // threadId() requires Java 19
    private static int slot() {
        long id = Thread.currentThread().getId();
        return (int) (id ^ (id >>> 5)) & (SLOTS - 1);
    }

    /**
     * Validates one value, which may be surrounded by white space.
     *
     * @param attachments the number of attachments of the packet; if 0, placeholders are ordinary objects
     * @return whether it is valid
     */
    boolean scan(byte[] json, int offset, int length, int attachments) {
        this.bytes = json;
        this.end = offset + length;
        this.signs = 0;
        this.attachments = attachments;
        this.illegalPlaceholder = false;
        this.count = 0;
        this.placeholderCount = 0;
        int at = skipSpace(offset);
        if (at < end && bytes[at] == '[') {
            at = outerArray(at + 1);
        } else {
            at = value(at, 1);
        }
        return at >= 0 && skipSpace(at) == end;
    }

    /** The start of the value. */
    static int start(byte[] json, int offset, int end) {
        int at = offset;
        while (at < end && isSpace(json[at])) {
            at++;
        }
        return at;
    }

    /** The end of the value, without trailing white space. */
    static int trimmedEnd(byte[] json, int offset, int end) {
        int at = end;
        while (at > offset && isSpace(json[at - 1])) {
            at--;
        }
        return at;
    }

    /** Whether there was a non-ASCII byte. */
    boolean nonAscii() {
        return signs < 0;
    }

    /** Whether a placeholder refers to a missing attachment. */
    boolean illegalPlaceholder() {
        return illegalPlaceholder;
    }

    /** The number of elements of the outer array. */
    int count() {
        return count;
    }

    int from(int element) {
        return elements[2 * element];
    }

    int to(int element) {
        return elements[2 * element + 1];
    }

    /** Returns start and end of each element, starting with {@code first}. */
    int[] bounds(int first) {
        return Arrays.copyOfRange(elements, 2 * first, 2 * count);
    }

    int placeholderCount() {
        return placeholderCount;
    }

    /** The start of placeholder i; ascending. */
    int placeholderAt(int i) {
        return placeholders[3 * i];
    }

    /** The attachment number of placeholder i. */
    int placeholderNum(int i) {
        return placeholders[3 * i + 1];
    }

    /** The end of placeholder i. */
    int placeholderEnd(int i) {
        return placeholders[3 * i + 2];
    }

    private static boolean isSpace(byte b) {
        return b == ' ' || b == '\n' || b == '\r' || b == '\t';
    }

    private int skipSpace(int at) {
        while (at < end && bytes[at] <= ' ' && isSpace(bytes[at])) {
            at++;
        }
        return at;
    }

    private int outerArray(int at) {
        at = skipSpace(at);
        if (at < end && bytes[at] == ']') {
            return at + 1;
        }
        while (true) {
            at = skipSpace(at);
            int from = at;
            at = value(at, 2);
            if (at < 0) {
                return -1;
            }
            if (2 * count + 2 > elements.length) {
                elements = Arrays.copyOf(elements, elements.length * 2);
            }
            elements[2 * count] = from;
            elements[2 * count + 1] = at;
            count++;
            at = skipSpace(at);
            if (at >= end) {
                return -1;
            }
            byte b = bytes[at++];
            if (b == ']') {
                return at;
            }
            if (b != ',') {
                return -1;
            }
        }
    }

    /** Validates a value; returns the position after it, or -1. */
    private int value(int at, int depth) {
        if (at >= end || depth > MAX_DEPTH) {
            return -1;
        }
        return switch (bytes[at]) {
            case '"' -> string(at + 1);
            case '{' -> attachments == 0 ? object(at + 1, depth) : objectOrPlaceholder(at, depth);
            case '[' -> array(at + 1, depth);
            case 't' -> word(at, "true");
            case 'f' -> word(at, "false");
            case 'n' -> word(at, "null");
            default -> number(at);
        };
    }

    private int word(int at, String word) {
        int length = word.length();
        if (end - at < length) {
            return -1;
        }
        for (int i = 1; i < length; i++) {
            if (bytes[at + i] != word.charAt(i)) {
                return -1;
            }
        }
        return at + length;
    }

    private int string(int from) {
        byte[] a = bytes;
        int last = end;
        int at = from;
        while (true) {
            at = JsonText.plainUntil(a, at, last);
            if (at < last && a[at] < 0) {
                signs = -1;
                at = JsonText.unescapedUntil(a, at, last);
            }
            if (at >= last) {
                return -1;
            }
            byte b = a[at++];
            if (b == '"') {
                return at;
            }
            if (b != '\\') {
                return -1;
            }
            at = escape(at);
            if (at < 0) {
                return -1;
            }
        }
    }

    private int escape(int at) {
        if (at >= end) {
            return -1;
        }
        byte letter = bytes[at++];
        if (letter != 'u') {
            return "\"\\/bfnrt".indexOf(letter) >= 0 ? at : -1;
        }
        if (end - at < 4) {
            return -1;
        }
        for (int i = 0; i < 4; i++) {
            if (Character.digit(bytes[at + i], 16) < 0) {
                return -1;
            }
        }
        return at + 4;
    }

    private int digits(int at) {
        int from = at;
        while (at < end && bytes[at] >= '0' && bytes[at] <= '9') {
            at++;
        }
        return at == from ? -1 : at;
    }

    private int number(int at) {
        if (bytes[at] == '-' && ++at >= end) {
            return -1;
        }
        if (bytes[at] == '0') {
            at++;
        } else {
            at = digits(at);
            if (at < 0) {
                return -1;
            }
        }
        if (at < end && bytes[at] == '.') {
            at = digits(at + 1);
            if (at < 0) {
                return -1;
            }
        }
        if (at < end && (bytes[at] == 'e' || bytes[at] == 'E')) {
            at++;
            if (at < end && (bytes[at] == '+' || bytes[at] == '-')) {
                at++;
            }
            at = digits(at);
        }
        return at;
    }

    private int array(int at, int depth) {
        at = skipSpace(at);
        if (at < end && bytes[at] == ']') {
            return at + 1;
        }
        while (true) {
            at = value(skipSpace(at), depth + 1);
            if (at < 0) {
                return -1;
            }
            at = skipSpace(at);
            if (at >= end) {
                return -1;
            }
            byte b = bytes[at++];
            if (b == ']') {
                return at;
            }
            if (b != ',') {
                return -1;
            }
        }
    }

    /** Validates a key with its colon; returns the position of the value, or -1. */
    private int key(int at) {
        if (at >= end || bytes[at] != '"') {
            return -1;
        }
        at = string(at + 1);
        if (at < 0) {
            return -1;
        }
        at = skipSpace(at);
        return at < end && bytes[at] == ':' ? skipSpace(at + 1) : -1;
    }

    private int object(int at, int depth) {
        at = skipSpace(at);
        if (at < end && bytes[at] == '}') {
            return at + 1;
        }
        while (true) {
            at = key(skipSpace(at));
            if (at < 0) {
                return -1;
            }
            at = value(at, depth + 1);
            if (at < 0) {
                return -1;
            }
            at = skipSpace(at);
            if (at >= end) {
                return -1;
            }
            byte b = bytes[at++];
            if (b == '}') {
                return at;
            }
            if (b != ',') {
                return -1;
            }
        }
    }

    /** The number of a placeholder of one or two digits in the form that encoders produce; -1 for any other object. */
    static int usualPlaceholder(byte[] json, int start, int end) {
        int at = start + USUAL_PLACEHOLDER.length;
        if (end - at < 2 || !Arrays.equals(json, start, at, USUAL_PLACEHOLDER, 0, USUAL_PLACEHOLDER.length)) {
            return -1;
        }
        int first = json[at] - '0';
        if (first < 0 || first > 9) {
            return -1;
        }
        if (json[at + 1] == '}') {
            return first;
        }
        int second = json[at + 1] - '0';
        boolean two = first > 0 && second >= 0 && second <= 9 && end - at > 2 && json[at + 2] == '}';
        return two ? 10 * first + second : -1;
    }

    /** The length of a placeholder in this form. */
    static int usualPlaceholderLength(int num) {
        return USUAL_PLACEHOLDER.length + (num < 10 ? 2 : 3);
    }

    private int objectOrPlaceholder(int start, int depth) {
        int usual = usualPlaceholder(bytes, start, end);
        if (usual >= 0 && depth < MAX_DEPTH) {
            int after = start + usualPlaceholderLength(usual);
            placeholder(start, usual, after);
            return after;
        }
        int at = skipSpace(start + 1);
        if (at < end && bytes[at] == '}') {
            return at + 1;
        }
        boolean marked = false;
        int num = NO_NUM;
        int found = placeholderCount;
        boolean illegalBefore = illegalPlaceholder;
        while (true) {
            int keyAt = skipSpace(at);
            int valueAt = key(keyAt);
            if (valueAt < 0) {
                return -1;
            }
            at = value(valueAt, depth + 1);
            if (at < 0) {
                return -1;
            }
            // the last of several equal keys is used, as in JavaScript
            if (isKey(keyAt, PLACEHOLDER_KEY)) {
                marked = bytes[valueAt] == 't';
            } else if (isKey(keyAt, NUM_KEY)) {
                num = num(valueAt, at);
            }
            at = skipSpace(at);
            if (at >= end) {
                return -1;
            }
            byte b = bytes[at++];
            if (b == '}') {
                break;
            }
            if (b != ',') {
                return -1;
            }
        }
        if (marked) {
            // placeholders inside a placeholder are ignored
            placeholderCount = found;
            illegalPlaceholder = illegalBefore;
            placeholder(start, num, at);
        }
        return at;
    }

    private void placeholder(int start, int num, int end) {
        if (num < 0 || num >= attachments) {
            illegalPlaceholder = true;
            return;
        }
        if (3 * placeholderCount + 3 > placeholders.length) {
            placeholders = Arrays.copyOf(placeholders, Math.max(24, placeholders.length * 2));
        }
        placeholders[3 * placeholderCount] = start;
        placeholders[3 * placeholderCount + 1] = num;
        placeholders[3 * placeholderCount + 2] = end;
        placeholderCount++;
    }

    private boolean isKey(int quote, byte[] key) {
        int at = quote + 1;
        for (byte expected : key) {
            int b = bytes[at];
            if (b == '"') {
                return false;
            }
            if (b != '\\') {
                at++;
            } else if (bytes[at + 1] == 'u') {
                b = 0;
                for (int i = 2; i < 6; i++) {
                    b = (b << 4) | Character.digit(bytes[at + i], 16);
                }
                at += 6;
            } else {
                return false;
            }
            if (b != expected) {
                return false;
            }
        }
        return bytes[at] == '"';
    }

    private int num(int from, int to) {
        byte first = bytes[from];
        if (first != '-' && (first < '0' || first > '9')) {
            return NO_NUM;
        }
        if (to - from == 1) {
            return first - '0';
        }
        double num = JsonReader.toDouble(bytes, from, to);
        return num == Math.rint(num) && num >= 0 && num < Integer.MAX_VALUE ? (int) num : NO_NUM;
    }
}
