package dev.sockeye.netty;

import io.netty.buffer.ByteBuf;

/** Writes unmasked, unfragmented WebSocket frames. */
final class FrameEncoder {

    /** The longest header of an unmasked frame. */
    static final int MAX_HEADER = 10;

    static final int TEXT = 1;
    static final int BINARY = 2;
    static final int CLOSE = 8;
    static final int PING = 9;
    static final int PONG = 10;

    private static final int FIN = 0x80;
    private static final int RSV1 = 0x40;

    private FrameEncoder() {}

    /** Writes a message with an optional byte before the payload. The buffer has room. */
    static void encode(ByteBuf out, boolean binary, int prefix, byte[] payload) {
        int opcode = binary ? BINARY : TEXT;
        if (prefix < 0) {
            header(out, FIN | opcode, payload.length);
        } else {
            header(out, FIN | opcode, payload.length + 1);
            out.writeByte(prefix);
        }
        out.writeBytes(payload);
    }

    /** Writes a compressed message. */
    static void encodeCompressed(ByteBuf out, boolean binary, byte[] data, int length) {
        header(out, FIN | RSV1 | (binary ? BINARY : TEXT), length);
        out.writeBytes(data, 0, length);
    }

    /** Writes a control frame; its payload has at most 125 bytes. */
    static void encodeControl(ByteBuf out, int opcode, byte[] payload) {
        header(out, FIN | opcode, payload.length);
        out.writeBytes(payload);
    }

    private static void header(ByteBuf out, int first, int length) {
        if (length < 126) {
            out.writeShort(first << 8 | length);
        } else if (length < 65536) {
            out.writeInt(first << 24 | 126 << 16 | length);
        } else {
            out.writeShort(first << 8 | 127);
            out.writeLong(length);
        }
    }
}
