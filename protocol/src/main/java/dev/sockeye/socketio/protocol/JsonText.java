package dev.sockeye.socketio.protocol;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Looks for what is special inside a JSON string, eight bytes at a time. */
final class JsonText {
    private static final VarHandle EIGHT = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101010101010101L;
    private static final long SIGNS = 0x8080808080808080L;

    private JsonText() {}

    /** Eight bytes from here; there must be as many. */
    static long eight(byte[] bytes, int at) {
        return (long) EIGHT.get(bytes, at);
    }

    /** Whether a quote, a backslash or a control character is among the eight. */
    static boolean special(long eight) {
        return marks(eight) != 0;
    }

    /** Whether one of the eight, or of what was put together with {@code |}, is no ASCII. */
    static boolean foreign(long eight) {
        return (eight & SIGNS) != 0;
    }

    /** The first quote, backslash, control character or question mark of the range, or its end. */
    static int plainUntil(byte[] bytes, int from, int to) {
        int at = from;
        for (; to - at >= 8; at += 8) {
            long eight = eight(bytes, at);
            long question = eight ^ ('?' * ONES);
            long marks = marks(eight) | ((question - ONES) & ~question & SIGNS);
            if (marks != 0) {
                return at + (Long.numberOfTrailingZeros(marks) >>> 3);
            }
        }
        while (at < to) {
            byte b = bytes[at];
            if (b == '"' || b == '\\' || b == '?' || (b >= 0 && b < 0x20)) {
                break;
            }
            at++;
        }
        return at;
    }

    /** The lowest bit set belongs to the first special byte; those above it may be wrong, for they borrow. */
    private static long marks(long eight) {
        long quote = eight ^ ('"' * ONES);
        long backslash = eight ^ ('\\' * ONES);
        return (((quote - ONES) & ~quote) | ((backslash - ONES) & ~backslash) | ((eight - 0x20 * ONES) & ~eight))
                & SIGNS;
    }
}
