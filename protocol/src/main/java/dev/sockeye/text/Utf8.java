package dev.sockeye.text;

/** Validates UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF. */
public final class Utf8 {

    /** The state of {@link #check} between two characters. */
    public static final int START = 0;

    /** The state of {@link #check} after bytes that are not UTF-8. */
    public static final int INVALID = -1;

    private Utf8() {}

    /** Whether the whole array is UTF-8. */
    public static boolean isValid(byte[] bytes) {
        return isValid(bytes, 0, bytes.length);
    }

    /** Whether a part of an array is UTF-8. */
    public static boolean isValid(byte[] bytes, int from, int to) {
        return check(START, bytes, from, to) == START;
    }

    /**
     * Validates a text in chunks.
     *
     * @param state the result for the previous chunk; {@link #START} for the first one
     * @return {@link #START} at the end of a character, {@link #INVALID}, or the number of bytes of the character that are missing
     *     (bits 0 to 7) and the range of the next byte (bits 8 to 23)
     */
    public static int check(int state, byte[] data, int from, int to) {
        if (state == INVALID) {
            return INVALID;
        }
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
                    low = b == 0xe0 ? 0xa0 : 0x80; // overlong below
                    high = b == 0xed ? 0x9f : 0xbf; // surrogates above
                } else {
                    left = 3;
                    low = b == 0xf0 ? 0x90 : 0x80; // overlong below
                    high = b == 0xf4 ? 0x8f : 0xbf; // more than U+10FFFF above
                }
            }
        }
        return left == 0 ? START : high << 16 | low << 8 | left;
    }
}
