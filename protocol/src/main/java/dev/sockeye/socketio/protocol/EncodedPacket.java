package dev.sockeye.socketio.protocol;

import java.util.List;

/**
 * A packet in its wire form, encoded once and shared by all receivers: a head and the attachments that follow it. The arrays
 * are not changed by anybody.
 *
 * @param binaryHead whether the head is a binary message (msgpack); else it is UTF-8 text
 */
public record EncodedPacket(boolean binaryHead, byte[] head, List<byte[]> attachments) {
    public EncodedPacket {
        attachments = List.copyOf(attachments);
    }

    /** The bytes of head and attachments. */
    public long size() {
        long size = head.length;
        for (byte[] attachment : attachments) {
            size += attachment.length;
        }
        return size;
    }
}
