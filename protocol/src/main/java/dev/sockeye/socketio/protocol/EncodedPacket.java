package dev.sockeye.socketio.protocol;

import java.util.List;

/**
 * An encoded packet, which is shared by all receivers: a head and its attachments. The arrays must not be modified.
 *
 * @param binaryHead whether the head is a binary message (msgpack); otherwise it is UTF-8 text
 */
public record EncodedPacket(boolean binaryHead, byte[] head, List<byte[]> attachments) {
    public EncodedPacket {
        attachments = List.copyOf(attachments);
    }

    /** The total size of head and attachments in bytes. */
    public long size() {
        long size = head.length;
        for (byte[] attachment : attachments) {
            size += attachment.length;
        }
        return size;
    }
}
