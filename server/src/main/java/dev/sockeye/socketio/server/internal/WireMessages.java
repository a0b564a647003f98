package dev.sockeye.socketio.server.internal;

import dev.sockeye.engineio.protocol.EnginePacket.Message;
import dev.sockeye.socketio.DisconnectDetails;
import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.protocol.EncodedPacket;
import dev.sockeye.socketio.protocol.SocketPacket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Converts encoded packets to messages of the session. */
final class WireMessages {
    private WireMessages() {}

    /** Returns head and attachments, in order. */
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

    /** The event that tells a client why it is about to be disconnected. */
    static SocketPacket.Event reason(String namespace, String reason) {
        return new SocketPacket.Event(
                namespace, SocketPacket.NO_ID, DisconnectDetails.REASON_EVENT, Arguments.of(Map.of("reason", reason)));
    }
}
