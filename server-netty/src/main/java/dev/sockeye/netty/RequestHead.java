package dev.sockeye.netty;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Checks the bytes of a request head for input that RFC 9112 forbids but Netty's decoder accepts: folded lines, lines
 * that do not end in CR LF, unknown versions, control characters. Fails at the first invalid byte, so that the server
 * does not wait for more garbage.
 */
final class RequestHead {

    private static final int LONGEST_METHOD = 24;
    private static final int MOST_EMPTY_LINES = 4;
    private static final String VERSION = "HTTP/1.";
    private static final boolean[] TOKEN = new boolean[128];

    static {
        for (char c = '0'; c <= '9'; c++) {
            TOKEN[c] = true;
        }
        for (char c = 'a'; c <= 'z'; c++) {
            TOKEN[c] = true;
            TOKEN[c - 32] = true;
        }
        for (char c : "!#$%&'*+-.^_`|~".toCharArray()) {
            TOKEN[c] = true;
        }
    }

    private enum At {
        START,
        METHOD,
        TARGET,
        VERSION,
        LINE_START,
        NAME,
        VALUE,
        LINE_END,
        END_OF_HEAD,
        BODY
    }

    private At at = At.START;
    private int count;

    /** Starts with the next request. */
    void restart() {
        at = At.START;
        count = 0;
    }

    /** Whether the head is complete. */
    boolean complete() {
        return at == At.BODY;
    }

    /**
     * Continues reading, up to the end of the head.
     *
     * @return the index after the last byte read
     * @throws IllegalArgumentException if a byte is not allowed; the message names it
     */
    int read(ByteBuf in, int from, int to) {
        int i = from;
        while (i < to && at != At.BODY) {
            String wrong = take(in.getByte(i++));
            if (wrong != null) {
                throw new IllegalArgumentException(wrong);
            }
        }
        return i;
    }

    private @Nullable String take(byte b) {
        switch (at) {
            case VALUE -> {
                if (b == '\r') {
                    at = At.LINE_END;
                } else if ((b >= 0 && b < ' ' && b != '\t') || b == 127) {
                    return "a control character in a header";
                }
            }
            case NAME -> {
                if (b == ':') {
                    at = At.VALUE;
                } else if (!token(b)) {
                    return "an invalid character in a header's name";
                }
            }
            case LINE_START -> {
                if (b == '\r') {
                    at = At.END_OF_HEAD;
                } else if (token(b)) {
                    at = At.NAME;
                } else {
                    return b == ' ' || b == '\t' ? "a folded header line" : "an invalid header line";
                }
            }
            case LINE_END, END_OF_HEAD -> {
                if (b != '\n') {
                    return "CR without LF";
                }
                at = at == At.LINE_END ? At.LINE_START : At.BODY;
            }
            case START -> {
                if (token(b)) {
                    at = At.METHOD;
                    count = 1;
                } else if ((b != '\r' && b != '\n') || ++count > 2 * MOST_EMPTY_LINES) {
                    return "no request line";
                }
            }
            case METHOD -> {
                if (b == ' ') {
                    at = At.TARGET;
                    count = 0;
                } else if (!token(b) || ++count > LONGEST_METHOD) {
                    return "an invalid method";
                }
            }
            case TARGET -> {
                if (b == ' ' && count > 0) {
                    at = At.VERSION;
                    count = 0;
                } else if ((b >= 0 && b <= ' ') || b == 127) {
                    return "an invalid request target";
                } else {
                    count = 1;
                }
            }
            case VERSION -> {
                boolean right = count < VERSION.length()
                        ? b == VERSION.charAt(count)
                        : count == VERSION.length() ? b == '0' || b == '1' : b == '\r';
                if (!right) {
                    return "not HTTP/1.0 or HTTP/1.1";
                } else if (++count > VERSION.length() + 1) {
                    at = At.LINE_END;
                }
            }
            case BODY -> {}
        }
        return null;
    }

    /** Whether a character may be in a method or in a header's name. */
    static boolean token(byte b) {
        return b >= 0 && TOKEN[b];
    }
}
