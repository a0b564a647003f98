package dev.sockeye.netty;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.FastThreadLocal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads common requests that are completely in the buffer, in one pass over their bytes. It accepts an HTTP/1.1 {@code GET} without
 * a body, or {@code POST} with a known length, without headers that require special handling. All others, including malformed ones,
 * are left to the decoder of {@link HttpCodec}, which reads them from the start. Both read an accepted request in the same way.
 *
 * <p>One for each loop, for its thread only.
 */
final class WholeRequestReader {

    /** The maximum size of a request, including its body. */
    static final int LONGEST = 8 * 1024;

    private static final byte[] NOTHING = {};
    private static final byte[] GET = ascii("GET ");
    private static final byte[] POST = ascii("POST ");
    private static final byte[] VERSION = ascii(" HTTP/1.1\r\n");
    private static final byte[] HOST = ascii("host");
    private static final byte[] CONNECTION = ascii("connection");
    private static final byte[] KEEP_ALIVE = ascii("keep-alive");
    private static final byte[] CONTENT_LENGTH = ascii("content-length");
    /** Headers that require more than a response, or another encoding of the body. */
    private static final byte[][] UNUSUAL = {ascii("transfer-encoding"), ascii("expect"), ascii("upgrade")};

    /** The characters of a header's name, in lower case; 0 for all others. */
    private static final byte[] NAME = new byte[256];

    static {
        for (int c = 0; c < 128; c++) {
            if (RequestHead.token((byte) c)) {
                NAME[c] = (byte) (c >= 'A' && c <= 'Z' ? c + 32 : c);
            }
        }
    }

    private static final FastThreadLocal<WholeRequestReader> CURRENT = new FastThreadLocal<>() {
        @Override
        protected WholeRequestReader initialValue() {
            return new WholeRequestReader();
        }
    };

    private final byte[] bytes = new byte[LONGEST];
    private final byte[] facts = new byte[LONGEST];
    private int length;
    private int filled;
    private boolean host;
    private int announced;

    private WholeRequestReader() {}

    /** The reader of the calling thread. */
    static WholeRequestReader current() {
        return CURRENT.get();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /**
     * Takes a request from the buffer.
     *
     * @param maxHead the maximum length of its head
     * @param previous the header lines of the previous request, which are not parsed again; {@code null} for none
     * @return null, with the buffer unchanged, if the request is incomplete or not a common one
     */
    @Nullable
    WholeRequest read(ByteBuf in, int maxHead, @Nullable HeaderLines previous) {
        length = Math.min(in.readableBytes(), bytes.length);
        in.getBytes(in.readerIndex(), bytes, 0, length);
        boolean get = startsWith(GET, 0);
        if (!get && !startsWith(POST, 0)) {
            return null;
        }
        int from = get ? GET.length : POST.length;
        int at = from;
        while (at < length && bytes[at] > ' ' && bytes[at] != 127) {
            at++;
        }
        if (at == from || !startsWith(VERSION, at)) {
            return null;
        }
        int targetEnd = at;
        int lines = at + VERSION.length;
        HeaderLines known = previous != null && previous.at(bytes, lines, length) ? previous : null;
        int head;
        int bodyLength;
        if (known != null) {
            head = lines + known.length();
            bodyLength = known.announced();
        } else {
            head = readHeaders(lines);
            bodyLength = announced;
            if (head < 0 || !host) {
                return null;
            }
        }
        int end = head + Math.max(0, bodyLength);
        if (head > maxHead || (get && bodyLength > 0) || end > length) {
            return null;
        }
        HeaderLines headers = known != null
                ? known
                : new HeaderLines(Arrays.copyOfRange(bytes, lines, head), Arrays.copyOf(facts, filled), bodyLength);
        in.skipBytes(end);
        return new WholeRequest(
                get ? "GET" : "POST",
                new String(bytes, from, targetEnd - from, StandardCharsets.ISO_8859_1),
                headers,
                end == head ? NOTHING : Arrays.copyOfRange(bytes, head, end));
    }

    private boolean startsWith(byte[] text, int at) {
        return at + text.length <= length && Arrays.equals(bytes, at, at + text.length, text, 0, text.length);
    }

    /** Returns the index after the empty line, or -1. */
    private int readHeaders(int from) {
        filled = 0;
        host = false;
        announced = -1;
        int at = from;
        while (at + 1 < length) {
            if (bytes[at] == '\r') {
                return bytes[at + 1] == '\n' ? at + 2 : -1;
            }
            at = readHeader(at);
            if (at < 0) {
                return -1;
            }
        }
        return -1;
    }

    /** Returns the index after the line, or -1. */
    private int readHeader(int from) {
        int at = from;
        int out = filled + 1; // most lines are short, and their length takes one byte
        byte c;
        while (at < length && (c = NAME[bytes[at] & 0xff]) != 0) {
            facts[out++] = c;
            at++;
        }
        int nameLength = at - from;
        if (nameLength == 0 || at == length || bytes[at] != ':') {
            return -1;
        }
        facts[out++] = ':';
        at++;
        while (at < length && (bytes[at] == ' ' || bytes[at] == '\t')) {
            at++;
        }
        int value = at;
        while (at < length && ((bytes[at] >= ' ' && bytes[at] != 127) || bytes[at] == '\t')) {
            at++;
        }
        if (at + 1 >= length || bytes[at] != '\r' || bytes[at + 1] != '\n') {
            return -1;
        }
        int valueEnd = at;
        while (valueEnd > value && (bytes[valueEnd - 1] == ' ' || bytes[valueEnd - 1] == '\t')) {
            valueEnd--;
        }
        if (!usual(filled + 1, nameLength, value, valueEnd)) {
            return -1;
        }
        System.arraycopy(bytes, value, facts, out, valueEnd - value);
        int line = nameLength + 1 + valueEnd - value;
        int sizeBytes = NettyRequest.sizeBytes(line);
        if (sizeBytes > 1) {
            System.arraycopy(facts, filled + 1, facts, filled + sizeBytes, line);
        }
        NettyRequest.putSize(facts, filled, line);
        filled += sizeBytes + line;
        return at + 2;
    }

    private boolean usual(int name, int nameLength, int value, int valueEnd) {
        if (named(HOST, name, nameLength)) {
            boolean first = !host;
            host = true;
            return first;
        } else if (named(CONTENT_LENGTH, name, nameLength)) {
            boolean first = announced < 0;
            announced = number(value, valueEnd);
            return first && announced >= 0;
        } else if (named(CONNECTION, name, nameLength)) {
            return keepAlive(value, valueEnd);
        }
        for (byte[] other : UNUSUAL) {
            if (named(other, name, nameLength)) {
                return false;
            }
        }
        return true;
    }

    private boolean named(byte[] text, int name, int nameLength) {
        return nameLength == text.length && Arrays.equals(facts, name, name + nameLength, text, 0, nameLength);
    }

    /** Parses a number of at most four digits, enough for any body accepted here; -1 for anything else. */
    private int number(int from, int to) {
        if (from == to || to - from > 4) {
            return -1;
        }
        int number = 0;
        for (int i = from; i < to; i++) {
            int digit = bytes[i] - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            number = 10 * number + digit;
        }
        return number;
    }

    private boolean keepAlive(int from, int to) {
        if (to - from != KEEP_ALIVE.length) {
            return false;
        }
        for (int i = from; i < to; i++) {
            if (NAME[bytes[i] & 0xff] != KEEP_ALIVE[i - from]) {
                return false;
            }
        }
        return true;
    }
}
