package dev.sockeye.socketio.protocol;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Encodes each packet as one binary msgpack message, including binaries. Compatible with npm {@code
 * socket.io-msgpack-parser}: a map of {@code type}, {@code data}, {@code nsp} and {@code id}, with the types 0 to 4
 * only. Immutable and thread-safe; each connection has its own decoder.
 *
 * <p>{@link java.util.Date} and {@link java.time.Instant} are sent in the form that the npm package reads (milliseconds in an
 * extension of type 0); a received date, in that form or as a msgpack timestamp, has the natural type {@link
 * java.time.Instant}.
 */
public final class MsgpackParser implements Parser {
    private final PayloadBinding binding;
    private final NameCache names = new NameCache();

    private MsgpackParser(PayloadBinding binding) {
        this.binding = binding;
    }

    /**
     * Creates a parser with the {@link PayloadBinding#defaultBinding()}.
     *
     * @throws IllegalStateException if there is no default binding
     */
    public static MsgpackParser create() {
        return new MsgpackParser(PayloadBinding.defaultBinding());
    }

    /**
     * Creates a parser with a binding, for example {@code MsgpackParser.with(JacksonBinding.of(mapper))}. The binding
     * converts objects that msgpack cannot represent.
     */
    public static MsgpackParser with(PayloadBinding binding) {
        return new MsgpackParser(binding);
    }

    @Override
    public EncodedPacket encode(SocketPacket packet) {
        MsgpackWriter out = new MsgpackWriter(binding, false);
        if (packet instanceof SocketPacket.Event event) {
            start(out, event.id() < 0 ? 3 : 4, 2, event.namespace());
            id(out, event.id());
            Arguments args = event.args();
            out.writeString("data");
            out.writeArrayHeader(args.size() + 1);
            out.writeString(event.name());
            writeArguments(out, args);
        } else if (packet instanceof SocketPacket.Ack ack) {
            start(out, ack.id() < 0 ? 3 : 4, 3, ack.namespace());
            id(out, ack.id());
            out.writeString("data");
            out.writeArrayHeader(ack.args().size());
            writeArguments(out, ack.args());
        } else if (packet instanceof SocketPacket.Connect connect) {
            Payload data = connect.data();
            start(out, data == null ? 2 : 3, 0, connect.namespace());
            if (data != null) {
                out.writeString("data");
                out.writeValue(data);
            }
        } else if (packet instanceof SocketPacket.ConnectError error) {
            start(out, 3, 4, error.namespace());
            out.writeString("data");
            out.writeValue(error.data());
        } else {
            start(out, 2, 1, packet.namespace());
        }
        return new EncodedPacket(true, out.toBytes(), List.of());
    }

    private static void start(MsgpackWriter out, int entries, int type, String namespace) {
        out.writeMapHeader(entries);
        out.writeString("type");
        out.writeLong(type);
        out.writeString("nsp");
        out.writeString(namespace);
    }

    private static void id(MsgpackWriter out, long id) {
        if (id >= 0) {
            out.writeString("id");
            out.writeLong(id);
        }
    }

    private static void writeArguments(MsgpackWriter out, Arguments args) {
        if (args instanceof MsgpackArguments received) {
            received.writeTo(out);
            return;
        }
        @Nullable Object @Nullable [] values = args instanceof JavaArguments java ? java.values() : null;
        for (int i = 0; i < args.size(); i++) {
            out.writeValue(values != null ? values[i] : args.get(i));
        }
    }

    @Override
    public Decoder newDecoder() {
        return new MsgpackDecoder(binding, names);
    }
}
