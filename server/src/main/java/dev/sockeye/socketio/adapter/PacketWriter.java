package dev.sockeye.socketio.adapter;

import dev.sockeye.engineio.Broadcast;
import dev.sockeye.engineio.Retention;
import dev.sockeye.engineio.protocol.EnginePacket.Message;
import dev.sockeye.socketio.protocol.DecodeException;
import dev.sockeye.socketio.protocol.EncodedPacket;
import dev.sockeye.socketio.protocol.Parser;
import dev.sockeye.socketio.protocol.SocketPacket;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Encodes the events of a namespace once for all receivers and writes them immediately or later. Thread-safe. */
final class PacketWriter {
    private final AdapterNamespace namespace;

    PacketWriter(AdapterNamespace namespace) {
        this.namespace = namespace;
    }

    /** See {@link InMemoryAdapter#fix}. */
    SocketPacket.Event fix(SocketPacket.Event packet) {
        if (packet.args().isPlain()) {
            return packet;
        }
        Parser.Decoder decoder = namespace.parser().newDecoder();
        EncodedPacket encoded = namespace
                .parser()
                .encode(new SocketPacket.Event(namespace.name(), SocketPacket.NO_ID, packet.name(), packet.args()));
        try {
            SocketPacket decoded = encoded.binaryHead()
                    ? decoder.binary(encoded.head())
                    : decoder.text(encoded.head(), 0, encoded.head().length);
            for (byte[] attachment : encoded.attachments()) {
                decoded = decoder.binary(attachment);
            }
            if (decoded instanceof SocketPacket.Event event) {
                return event;
            }
        } catch (DecodeException e) {
            throw new IllegalArgumentException("the parser cannot decode its own output: " + e.getMessage(), e);
        }
        throw new IllegalArgumentException("the parser cannot decode its own output");
    }

    /** Collects the receivers of a packet that will be written later. */
    final class Staging implements Consumer<LocalSocket> {
        private final SocketPacket.Event packet;
        private final @Nullable EncodedPacket encoded;
        private final BroadcastFlags flags;
        private @Nullable Broadcast broadcast;
        private List<LocalSocket> watching = List.of();

        Staging(SocketPacket.Event packet, @Nullable EncodedPacket encoded, BroadcastFlags flags) {
            this.packet = packet;
            this.encoded = encoded;
            this.flags = flags;
        }

        @Override
        public void accept(LocalSocket receiver) {
            Broadcast running = broadcast;
            if (running == null) {
                List<Message> messages = encoded == null ? encode(packet) : messages(encoded);
                running = new Broadcast(messages, flags.compress(), flags.onlyWritable(), retention(packet, flags));
                broadcast = running;
            }
            running.collect(receiver.conn());
            if (receiver.watchesOutgoing()) {
                watching = watching.isEmpty() ? new ArrayList<>() : watching;
                watching.add(receiver);
            }
        }

        StagedBroadcast end() {
            return new StagedBroadcast(packet, broadcast == null ? List.of() : broadcast.parts(), watching);
        }
    }

    /** Encodes the packet when the first receiver is found, and writes it to each receiver immediately. */
    final class Writing implements Consumer<LocalSocket> {
        private final SocketPacket.Event packet;
        private final BroadcastFlags flags;
        private @Nullable Broadcast broadcast;
        private List<LocalSocket> watching = List.of();

        Writing(SocketPacket.Event packet, BroadcastFlags flags) {
            this.packet = packet;
            this.flags = flags;
        }

        @Override
        public void accept(LocalSocket receiver) {
            Broadcast running = broadcast;
            if (running == null) {
                running =
                        new Broadcast(encode(packet), flags.compress(), flags.onlyWritable(), retention(packet, flags));
                broadcast = running;
            }
            running.add(receiver.conn());
            if (receiver.watchesOutgoing()) {
                watching = watching.isEmpty() ? new ArrayList<>() : watching;
                watching.add(receiver);
            }
        }

        List<LocalSocket> end() {
            if (broadcast != null) {
                broadcast.send();
            }
            return watching;
        }
    }

    /** An event that asks for an acknowledgement is not dropped: the sender waits for the answer. */
    private Retention retention(SocketPacket.Event packet, BroadcastFlags flags) {
        return packet.id() == SocketPacket.NO_ID ? flags.retention(namespace.name()) : Retention.KEEP;
    }

    private List<Message> encode(SocketPacket.Event packet) {
        return messages(namespace
                .parser()
                .encode(
                        packet.namespace().equals(namespace.name())
                                ? packet
                                : new SocketPacket.Event(namespace.name(), packet.id(), packet.name(), packet.args())));
    }

    private static List<Message> messages(EncodedPacket packet) {
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
