package dev.sockeye.engineio.protocol;

/** Checks that text is UTF-8. */
final class StreamText {
    private StreamText() {}

    static boolean isUtf8(byte[] text) {
        int i = 0;
        while (i < text.length) {
            int b = text[i++];
            if (b >= 0) {
                continue;
            }
            int more = b >= (byte) 0xf0 ? 3 : b >= (byte) 0xe0 ? 2 : 1;
            if (b < (byte) 0xc2
                    || b > (byte) 0xf4
                    || i + more > text.length
                    || !validSecond(b & 0xff, text[i] & 0xff)) {
                return false;
            }
            for (int end = i + more; i < end; i++) {
                if ((text[i] & 0xc0) != 0x80) {
                    return false;
                }
            }
        }
        return true;
    }

    /** Whether the second byte makes neither an overlong form, nor a surrogate, nor a code point above U+10FFFF. */
    private static boolean validSecond(int first, int second) {
        return switch (first) {
            case 0xe0 -> second >= 0xa0;
            case 0xed -> second < 0xa0;
            case 0xf0 -> second >= 0x90;
            case 0xf4 -> second < 0x90;
            default -> true;
        };
    }
}
