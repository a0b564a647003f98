package dev.sockeye.socketio.server;

import dev.sockeye.engineio.protocol.EnginePacket.Message;
import dev.sockeye.socketio.protocol.EncodedPacket;
import java.util.ArrayList;
import java.util.List;

/** Encoded packets as messages of the session below. */
final class WireMessages {
    private WireMessages() {}

    /** Head and attachments, in order. */
    static List<Message> of(EncodedPacket packet) {
        Message head = packet.binaryHead() ? Message.binary(packet.head()) : Message.text(packet.head());
        if (packet.attachments().isEmpty()) {
            return List.of(head);
        }
        List<Message> messages = new ArrayList<>(1 + packet.attachments().size());
        messages.add(head);
        for (byte[] attachment : packet.attachments()) {
            messages.add(Message.binary(attachment));
        }
        return messages;
    }
}
