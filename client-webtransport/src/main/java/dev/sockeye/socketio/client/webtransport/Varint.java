package dev.sockeye.socketio.client.webtransport;

import io.netty.buffer.ByteBuf;

/** QUIC's integers of 1, 2, 4 or 8 bytes (RFC 9000, section 16). */
final class Varint {
    private Varint() {}

    /** Writes an integer below 2^30. */
    static ByteBuf write(ByteBuf out, long value) {
        if (value < 0x40) {
            return out.writeByte((int) value);
        }
        return value < 0x4000 ? out.writeShort(0x4000 | (int) value) : out.writeInt(0x8000_0000 | (int) value);
    }
}
