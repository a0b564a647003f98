package dev.sockeye.webtransport;

import io.netty.buffer.ByteBuf;

/** QUIC's integers of 1, 2, 4 or 8 bytes (RFC 9000, section 16). */
final class Varint {
    private Varint() {}

    /** Whether a complete integer is available. */
    static boolean readable(ByteBuf in) {
        return in.isReadable() && in.readableBytes() >= length(in);
    }

    private static int length(ByteBuf in) {
        return 1 << ((in.getByte(in.readerIndex()) & 0xff) >> 6);
    }

    /** Reads an integer, which must be complete. */
    static long read(ByteBuf in) {
        int length = length(in);
        long value = in.readByte() & 0x3f;
        for (int i = 1; i < length; i++) {
            value = value << 8 | (in.readByte() & 0xff);
        }
        return value;
    }

    /** Writes an integer below 2^30. */
    static void write(ByteBuf out, int value) {
        if (value < 0x40) {
            out.writeByte(value);
        } else if (value < 0x4000) {
            out.writeShort(0x4000 | value);
        } else {
            out.writeInt(0x8000_0000 | value);
        }
    }
}
