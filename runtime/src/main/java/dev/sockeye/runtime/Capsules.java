package dev.sockeye.runtime;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads the capsules (RFC 9297) on the stream of a WebTransport request, in pieces of any size, and finds the one that closes the session;
 * all others are skipped, regardless of their length. Not thread-safe.
 */
public final class Capsules {
    private static final int CLOSE_SESSION = 0x2843;
    private static final int MAX_REASON = 1024;

    private long type = -1;
    private long left = -1;
    /** The integer that is being read, and how many of its bytes are still to come. */
    private long number;

    private int numberBytes;
    private byte[] close = {};
    private int filled;

    /** A reader at the start of a stream. */
    public Capsules() {}

    /**
     * Reads a piece.
     *
     * @return the code of the close capsule from 0 to 2^32 - 1, once that is complete; else -1
     * @throws IllegalArgumentException a close capsule that cannot be one
     */
    public long read(ByteBuffer in) {
        while (in.hasRemaining()) {
            if (left < 0) {
                if (readNumber(in.get())) {
                    take();
                }
            }
            if (left >= 0) {
                int n = (int) Math.min(left, in.remaining());
                if (type == CLOSE_SESSION) {
                    in.get(close, filled, n);
                    filled += n;
                } else {
                    in.position(in.position() + n);
                }
                left -= n;
                if (left == 0) {
                    if (type == CLOSE_SESSION) {
                        return ByteBuffer.wrap(close).getInt() & 0xffff_ffffL;
                    }
                    type = -1;
                    left = -1;
                }
            }
        }
        return -1;
    }

    /** The reason of the close capsule, once {@link #read} has returned its code; invalid UTF-8 is replaced. */
    public String reason() {
        return close.length < 4 ? "" : new String(close, 4, close.length - 4, StandardCharsets.UTF_8);
    }

    /** Takes a byte of QUIC's integers (RFC 9000, section 16); whether it was the last one. */
    private boolean readNumber(byte next) {
        if (numberBytes == 0) {
            numberBytes = 1 << ((next & 0xff) >> 6);
            number = next & 0x3f;
        } else {
            number = number << 8 | (next & 0xff);
        }
        return --numberBytes == 0;
    }

    private void take() {
        if (type < 0) {
            type = number;
            return;
        }
        left = number;
        if (type == CLOSE_SESSION) {
            if (left < 4 || left > 4 + MAX_REASON) {
                throw new IllegalArgumentException("a close capsule of " + left + " bytes");
            }
            close = new byte[(int) left];
        }
    }

    /** A capsule that closes the session. */
    public static byte[] close(int code, String reason) {
        byte[] text = reason.getBytes(StandardCharsets.UTF_8);
        int length = Math.min(text.length, MAX_REASON);
        while (length < text.length && (text[length] & 0xc0) == 0x80) {
            length--; // not inside a character
        }
        int value = 4 + length;
        ByteBuffer capsule =
                ByteBuffer.allocate((value < 0x40 ? 3 : 4) + value).putShort((short) (0x4000 | CLOSE_SESSION));
        if (value < 0x40) {
            capsule.put((byte) value);
        } else {
            capsule.putShort((short) (0x4000 | value));
        }
        return capsule.putInt(code).put(Arrays.copyOf(text, length)).array();
    }
}
