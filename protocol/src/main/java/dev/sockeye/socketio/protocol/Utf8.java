package dev.sockeye.socketio.protocol;

/** Whether bytes are well-formed UTF-8. */
final class Utf8 {
    private Utf8() {}

    static boolean isValid(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to) {
            byte b = bytes[at++];
            if (b >= 0) {
                continue;
            }
            int lead = b & 0xff;
            int more;
            int low = 0x80;
            int high = 0xbf;
            if (lead >= 0xc2 && lead <= 0xdf) {
                more = 1;
            } else if (lead >= 0xe0 && lead <= 0xef) {
                more = 2;
                low = lead == 0xe0 ? 0xa0 : low;
                high = lead == 0xed ? 0x9f : high;
            } else if (lead >= 0xf0 && lead <= 0xf4) {
                more = 3;
                low = lead == 0xf0 ? 0x90 : low;
                high = lead == 0xf4 ? 0x8f : high;
            } else {
                return false;
            }
            if (to - at < more) {
                return false;
            }
            int second = bytes[at++] & 0xff;
            if (second < low || second > high) {
                return false;
            }
            for (int i = 1; i < more; i++) {
                if ((bytes[at++] & 0xc0) != 0x80) {
                    return false;
                }
            }
        }
        return true;
    }
}
