package dev.sockeye.netty;

/**
 * Checks UTF-8 piece by piece. The state between two pieces is an int: 0 at a character's end, else the bytes still to come
 * and the range of the next one.
 */
final class Utf8 {

    /** At a character's end. */
    static final int START = 0;

    /** Not UTF-8. */
    static final int INVALID = -1;

    private Utf8() {}

    /** Whether the whole array is UTF-8. */
    static boolean valid(byte[] data) {
        return check(START, data, 0, data.length) == START;
    }

    /** Checks a piece and gives the state after it, or {@link #INVALID}. */
    static int check(int state, byte[] data, int from, int to) {
        int left = state & 0xff;
        int low = state >>> 8 & 0xff;
        int high = state >>> 16 & 0xff;
        for (int i = from; i < to; i++) {
            int b = data[i] & 0xff;
            if (left > 0) {
                if (b < low || b > high) {
                    return INVALID;
                }
                left--;
                low = 0x80;
                high = 0xbf;
            } else if (b >= 0x80) {
                low = 0x80;
                high = 0xbf;
                if (b < 0xc2 || b > 0xf4) {
                    return INVALID;
                } else if (b < 0xe0) {
                    left = 1;
                } else if (b < 0xf0) {
                    left = 2;
                    low = b == 0xe0 ? 0xa0 : 0x80; // no overlong forms
                    high = b == 0xed ? 0x9f : 0xbf; // no surrogates
                } else {
                    left = 3;
                    low = b == 0xf0 ? 0x90 : 0x80;
                    high = b == 0xf4 ? 0x8f : 0xbf; // nothing above U+10FFFF
                }
            }
        }
        return left == 0 ? START : high << 16 | low << 8 | left;
    }
}
