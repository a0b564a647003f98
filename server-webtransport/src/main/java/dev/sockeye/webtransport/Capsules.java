package dev.sockeye.webtransport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads the capsules (RFC 9297) that come on the stream of a CONNECT request, in pieces of any size, for the one that closes the session;
 * all others are skipped, whatever their length. Not for several threads at once.
 */
final class Capsules {
    private static final int CLOSE_SESSION = 0x2843;
    private static final int MAX_REASON = 1024;
    private static final int LONGEST_HEAD = 16;

    private final ByteBuf head = Unpooled.buffer(LONGEST_HEAD);
    private long type = -1;
    private long left = -1;
    private ByteBuf close = Unpooled.EMPTY_BUFFER;

    /**
     * Reads a piece.
     *
     * @return the code of the close capsule, once that is complete; else -1
     * @throws IllegalArgumentException a close capsule that cannot be one
     */
    long read(ByteBuf in) {
        while (in.isReadable()) {
            if (left < 0) {
                head.writeByte(in.readByte());
                readHead();
            }
            if (left >= 0) {
                int n = (int) Math.min(left, in.readableBytes());
                left -= n;
                if (type == CLOSE_SESSION) {
                    close.writeBytes(in, n);
                } else {
                    in.skipBytes(n);
                }
                if (left == 0) {
                    if (type == CLOSE_SESSION) {
                        return close.readUnsignedInt();
                    }
                    type = -1;
                    left = -1;
                }
            }
        }
        return -1;
    }

    private void readHead() {
        if (type < 0 && Varint.readable(head)) {
            type = Varint.read(head);
            head.discardReadBytes();
        }
        if (type >= 0 && Varint.readable(head)) {
            left = Varint.read(head);
            head.clear();
            if (type == CLOSE_SESSION) {
                if (left < 4 || left > 4 + MAX_REASON) {
                    throw new IllegalArgumentException("a close capsule of " + left + " bytes");
                }
                close = Unpooled.buffer((int) left);
            }
        }
    }

    /** A capsule that closes the session. */
    static ByteBuf close(int code, String reason) {
        byte[] text = reason.getBytes(StandardCharsets.UTF_8);
        int length = Math.min(text.length, MAX_REASON);
        while (length < text.length && (text[length] & 0xc0) == 0x80) {
            length--; // not inside a character
        }
        ByteBuf capsule = Unpooled.buffer(12 + length);
        Varint.write(capsule, CLOSE_SESSION);
        Varint.write(capsule, 4 + length);
        return capsule.writeInt(code).writeBytes(Arrays.copyOf(text, length));
    }
}
