package dev.sockeye.engineio.protocol;

import dev.sockeye.engineio.protocol.EnginePacket.Message;

/**
 * Encodes the frames of a WebTransport stream: a header of 1, 3 or 9 bytes with the length, whose first bit marks
 * binary messages, followed by the message. A text message starts with the digit of its packet type; a binary message
 * has no type. Official counterpart: {@code createPacketEncoderStream} of {@code engine.io-parser}. Stateless; any
 * thread.
 */
public final class StreamFrames {
    /** The maximum number of bytes of a header. */
    public static final int MAX_HEADER = 9;

    static final int BINARY = 0x80;
    static final int LENGTH_16 = 126;
    static final int LENGTH_64 = 127;

    private StreamFrames() {}

    /** Returns the number of header bytes for a message of this length. */
    public static int headerLength(int length) {
        return length < LENGTH_16 ? 1 : length <= 0xffff ? 3 : 9;
    }

    /**
     * Writes a header.
     *
     * @param length the length of the message, 0 or more
     * @return the index after the header
     */
    public static int writeHeader(boolean binary, int length, byte[] to, int at) {
        int kind = binary ? BINARY : 0;
        int end = at + headerLength(length);
        if (end == at + 1) {
            to[at] = (byte) (kind | length);
            return end;
        }
        to[at] = (byte) (kind | (end == at + 3 ? LENGTH_16 : LENGTH_64));
        long rest = length;
        for (int i = end - 1; i > at; i--) {
            to[i] = (byte) rest;
            rest >>>= 8;
        }
        return end;
    }

    /** Encodes a packet as one frame. */
    public static byte[] encode(EnginePacket packet) {
        boolean binary = packet instanceof Message message && message.isBinary();
        byte[] data = EngineCodec.data(packet);
        int length = data.length + (binary ? 0 : 1);
        byte[] frame = new byte[headerLength(length) + length];
        int at = writeHeader(binary, length, frame, 0);
        if (!binary) {
            frame[at++] = EngineCodec.type(packet);
        }
        System.arraycopy(data, 0, frame, at, data.length);
        return frame;
    }
}
