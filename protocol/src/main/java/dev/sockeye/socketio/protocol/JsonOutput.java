package dev.sockeye.socketio.protocol;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * A growing buffer for JSON, taken from a small shared pool. The pool has a fixed number of slots and is not
 * thread-local, so that handlers on virtual threads reuse buffers, too.
 */
final class JsonOutput extends OutputStream {
    private static final int SLOTS = 32;
    private static final int LONG_TEXT = 64;
    private static final int KEEP = 32 * 1024;
    private static final AtomicReferenceArray<@Nullable JsonOutput> POOL = new AtomicReferenceArray<>(SLOTS);
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] NULL = "null".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] TRUE = "true".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] FALSE = "false".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] PLACEHOLDER = "{\"_placeholder\":true,\"num\":".getBytes(StandardCharsets.US_ASCII);

    private byte[] buffer = new byte[512];
    private int size;
    private @Nullable List<byte[]> attachments;
    private @Nullable Latin1Piece latin1; // created for the first long string

    private JsonOutput() {}

    /** Returns an empty buffer; the caller must {@link #release()} it. */
    static JsonOutput take() {
        JsonOutput pooled = POOL.getAndSet(slot(), null);
        return pooled == null ? new JsonOutput() : pooled;
    }

    void release() {
        size = 0;
        attachments = null;
        if (buffer.length <= KEEP) {
            POOL.lazySet(slot(), this);
        }
    }

    @SuppressWarnings("deprecation") // threadId() requires Java 19
    private static int slot() {
        long id = Thread.currentThread().getId();
        return (int) (id ^ (id >>> 5)) & (SLOTS - 1);
    }

    int size() {
        return size;
    }

    /** The content; valid until the next write. */
    byte[] buffer() {
        return buffer;
    }

    byte[] toBytes() {
        return Arrays.copyOf(buffer, size);
    }

    /** Collects binaries in this list. */
    void collectInto(List<byte[]> list) {
        attachments = list;
    }

    /** The binaries found so far, to be added to. */
    List<byte[]> attachments() {
        List<byte[]> list = attachments;
        if (list == null) {
            list = new ArrayList<>(4);
            attachments = list;
        }
        return list;
    }

    /** The binaries found, an immutable empty list when there are none. */
    List<byte[]> attachmentsFound() {
        List<byte[]> list = attachments;
        return list == null ? List.of() : list;
    }

    private void ensure(int more) {
        if (buffer.length - size < more) {
            long wanted = Math.max((long) size + more, Math.min(2L * buffer.length, Integer.MAX_VALUE - 8));
            if (wanted > Integer.MAX_VALUE - 8) {
                throw new BindingException("the value is too large to be sent", Object.class, "$", null);
            }
            buffer = Arrays.copyOf(buffer, (int) wanted);
        }
    }

    @Override
    public void write(int b) {
        ensure(1);
        buffer[size++] = (byte) b;
    }

    @Override
    public void write(byte[] bytes) {
        write(bytes, 0, bytes.length);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        ensure(length);
        System.arraycopy(bytes, offset, buffer, size, length);
        size += length;
    }

    void writeNull() {
        write(NULL);
    }

    void writeBoolean(boolean value) {
        write(value ? TRUE : FALSE);
    }

    void writeLong(long value) {
        ensure(20);
        if (value < 0) {
            if (value == Long.MIN_VALUE) {
                writeAscii(Long.toString(value));
                return;
            }
            buffer[size++] = '-';
            value = -value;
        }
        int digits = 1;
        for (long rest = value; rest >= 10; rest /= 10) {
            digits++;
        }
        int at = size + digits;
        size = at;
        do {
            buffer[--at] = (byte) ('0' + value % 10);
            value /= 10;
        } while (value != 0);
    }

    /** Formats like JSON.stringify: whole numbers without a fraction, null for values that JSON cannot represent. */
    void writeDouble(double value) {
        if (value == Math.rint(value) && Math.abs(value) < 1e15) {
            writeLong((long) value);
        } else if (Double.isNaN(value) || Double.isInfinite(value)) {
            writeNull();
        } else {
            writeAscii(Double.toString(value));
        }
    }

    void writeFloat(float value) {
        if (value == Math.rint(value) || Float.isNaN(value) || Float.isInfinite(value)) {
            writeDouble(value);
        } else {
            writeAscii(Float.toString(value));
        }
    }

    void writeBinary(byte[] binary) {
        List<byte[]> list = attachments();
        write(PLACEHOLDER);
        writeLong(list.size());
        write('}');
        list.add(binary);
    }

    void writeAscii(String text) {
        int length = text.length();
        ensure(length);
        for (int i = 0; i < length; i++) {
            buffer[size++] = (byte) text.charAt(i);
        }
    }

    /** Text in UTF-8, not quoted. */
    void writeUtf8(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= 0x80) {
                write(text.getBytes(StandardCharsets.UTF_8));
                return;
            }
        }
        writeAscii(text);
    }

    /** A JSON string with the escapes of JSON.stringify. */
    void writeString(String text) {
        int length = text.length();
        if (length >= LONG_TEXT && (writeLongAscii(text) || writeLongUtf8(text))) {
            return;
        }
        ensure(length + 2);
        byte[] to = buffer;
        int at = size;
        to[at++] = '"';
        int i = 0;
        for (; i < length; i++) {
            char c = text.charAt(i);
            if (c < 0x20 || c >= 0x80 || c == '"' || c == '\\') {
                break;
            }
            to[at++] = (byte) c;
        }
        size = at;
        while (i < length) {
            // in chunks, so that a long string does not require six times its size at once
            int end = Math.min(length, i + 1024);
            ensure((end - i) * 6 + 7);
            while (i < end) {
                i = writeChar(text, i, length);
            }
        }
        write('"');
    }

    /** Writes ASCII in chunks. Returns false and writes nothing if there are other characters. */
    private boolean writeLongAscii(String text) {
        if (latin1 == null) {
            latin1 = new Latin1Piece();
        }
        byte[] piece = latin1.bytes();
        int begin = size;
        write('"');
        for (int done = 0; done < text.length(); ) {
            int end = latin1.narrow(text, done);
            done += end;
            int from = 0;
            while (true) {
                int to = JsonText.plainUntil(piece, from, end);
                if (end == 0 || (to < end && piece[to] < 0)) {
                    size = begin;
                    return false;
                }
                ensure(to - from + 6);
                System.arraycopy(piece, from, buffer, size, to - from);
                size += to - from;
                if (to == end) {
                    break;
                }
                writeAscii((char) piece[to]);
                from = to + 1;
            }
        }
        write('"');
        return true;
    }

    /** Uses the JDK's encoder; it would replace an unpaired surrogate with '?'. */
    private boolean writeLongUtf8(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        int begin = size;
        boolean whole = false;
        write('"');
        int from = 0;
        while (true) {
            int to = JsonText.unescapedOrQuestionUntil(utf8, from, utf8.length);
            ensure(to - from + 6);
            System.arraycopy(utf8, from, buffer, size, to - from);
            size += to - from;
            if (to == utf8.length) {
                break;
            }
            if (utf8[to] == '?' && !whole) {
                if (hasSurrogates(text)) {
                    size = begin;
                    return false;
                }
                whole = true;
            }
            writeAscii((char) utf8[to]);
            from = to + 1;
        }
        write('"');
        return true;
    }

    private static boolean hasSurrogates(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                return true;
            }
        }
        return false;
    }

    private void writeAscii(char c) {
        if (c < 0x20) {
            writeControl(c);
        } else {
            if (c == '"' || c == '\\') {
                buffer[size++] = '\\';
            }
            buffer[size++] = (byte) c;
        }
    }

    private int writeChar(String text, int i, int length) {
        byte[] to = buffer;
        char c = text.charAt(i);
        if (c < 0x80) {
            writeAscii(c);
        } else if (c < 0x800) {
            to[size++] = (byte) (0xc0 | (c >> 6));
            to[size++] = (byte) (0x80 | (c & 0x3f));
        } else if (Character.isHighSurrogate(c) && i + 1 < length && Character.isLowSurrogate(text.charAt(i + 1))) {
            int point = Character.toCodePoint(c, text.charAt(i + 1));
            to[size++] = (byte) (0xf0 | (point >> 18));
            to[size++] = (byte) (0x80 | ((point >> 12) & 0x3f));
            to[size++] = (byte) (0x80 | ((point >> 6) & 0x3f));
            to[size++] = (byte) (0x80 | (point & 0x3f));
            return i + 2;
        } else if (Character.isSurrogate(c)) {
            writeEscape(c);
        } else {
            to[size++] = (byte) (0xe0 | (c >> 12));
            to[size++] = (byte) (0x80 | ((c >> 6) & 0x3f));
            to[size++] = (byte) (0x80 | (c & 0x3f));
        }
        return i + 1;
    }

    private void writeControl(char c) {
        int letter = switch (c) {
            case '\b' -> 'b';
            case '\f' -> 'f';
            case '\n' -> 'n';
            case '\r' -> 'r';
            case '\t' -> 't';
            default -> 0;
        };
        if (letter == 0) {
            writeEscape(c);
        } else {
            buffer[size++] = '\\';
            buffer[size++] = (byte) letter;
        }
    }

    private void writeEscape(char c) {
        buffer[size++] = '\\';
        buffer[size++] = 'u';
        for (int shift = 12; shift >= 0; shift -= 4) {
            buffer[size++] = HEX[(c >> shift) & 0xf];
        }
    }
}
