package dev.sockeye.socketio.protocol;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Searches for special characters in a JSON string, eight bytes at a time. */
final class JsonText {
    private static final VarHandle EIGHT = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101010101010101L;
    private static final long SIGNS = 0x8080808080808080L;

    private JsonText() {}

    /** Returns eight bytes starting here; there must be that many. */
    static long eight(byte[] bytes, int at) {
        return (long) EIGHT.get(bytes, at);
    }

    /** Whether one of the eight bytes (or of several words combined with {@code |}) is not ASCII. */
    static boolean foreign(long eight) {
        return (eight & SIGNS) != 0;
    }

    /**
     * Returns the position of the first quote, backslash, control character or non-ASCII byte of the range, or its end.
     */
    static int plainUntil(byte[] bytes, int from, int to) {
        int at = from;
        while (to - at >= 32) {
            long marks = asciiMarks(eight(bytes, at))
                    | asciiMarks(eight(bytes, at + 8))
                    | asciiMarks(eight(bytes, at + 16))
                    | asciiMarks(eight(bytes, at + 24));
            if (foreign(marks)) {
                break;
            }
            at += 32;
        }
        for (; to - at >= 8; at += 8) {
            long marks = asciiMarks(eight(bytes, at)) & SIGNS;
            if (marks != 0) {
                return at + (Long.numberOfTrailingZeros(marks) >>> 3);
            }
        }
        while (at < to && bytes[at] >= 0x20 && bytes[at] != '"' && bytes[at] != '\\') {
            at++;
        }
        return at;
    }

    /** Returns the position of the first quote, backslash or control character of the range, or its end. */
    static int unescapedUntil(byte[] bytes, int from, int to) {
        int at = from;
        for (; to - at >= 8; at += 8) {
            long marks = marks(eight(bytes, at));
            if (marks != 0) {
                return at + (Long.numberOfTrailingZeros(marks) >>> 3);
            }
        }
        while (at < to && !special(bytes[at])) {
            at++;
        }
        return at;
    }

    /** Same as {@link #unescapedUntil}, but also stops at a question mark. */
    static int unescapedOrQuestionUntil(byte[] bytes, int from, int to) {
        int at = from;
        for (; to - at >= 8; at += 8) {
            long eight = eight(bytes, at);
            long question = eight ^ ('?' * ONES);
            long marks = marks(eight) | ((question - ONES) & ~question & SIGNS);
            if (marks != 0) {
                return at + (Long.numberOfTrailingZeros(marks) >>> 3);
            }
        }
        while (at < to && bytes[at] != '?' && !special(bytes[at])) {
            at++;
        }
        return at;
    }

    private static boolean special(byte b) {
        return b == '"' || b == '\\' || (b >= 0 && b < 0x20);
    }

    /**
     * The lowest sign bit set marks the first special or non-ASCII byte; higher bits may be wrong because of borrows.
     */
    private static long asciiMarks(long eight) {
        return ((eight ^ ('"' * ONES)) - ONES) | ((eight ^ ('\\' * ONES)) - ONES) | (eight - 0x20 * ONES) | eight;
    }

    /** The lowest bit set marks the first special byte; higher bits may be wrong because of borrows. */
    private static long marks(long eight) {
        long quote = eight ^ ('"' * ONES);
        long backslash = eight ^ ('\\' * ONES);
        return (((quote - ONES) & ~quote) | ((backslash - ONES) & ~backslash) | ((eight - 0x20 * ONES) & ~eight))
                & SIGNS;
    }
}
