package dev.sockeye.socketio.protocol;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The default parser: JSON text with binary attachments. Compatible with npm {@code socket.io-parser}. Immutable and
 * thread-safe: one parser serves all connections of a server; each connection has its own decoder.
 */
public final class JsonParser implements Parser {
    /** The default of {@link #maxAttachments(int)}. */
    public static final int DEFAULT_MAX_ATTACHMENTS = 10;

    final PayloadBinding binding;
    final int maxAttachments;
    final NameCache names = new NameCache();

    private JsonParser(PayloadBinding binding, int maxAttachments) {
        this.binding = binding;
        this.maxAttachments = maxAttachments;
    }

    /**
     * Creates a parser with default settings: {@link PayloadBinding#defaultBinding()}, at most 10 attachments.
     *
     * @throws IllegalStateException if there is no default binding
     */
    public static JsonParser create() {
        return new JsonParser(PayloadBinding.defaultBinding(), DEFAULT_MAX_ATTACHMENTS);
    }

    /**
     * Creates a parser with a binding: {@link JacksonBinding#of} for a custom mapper, as in {@code
     * JsonParser.with(JacksonBinding.of(mapper))}, or an implementation for another library. Official counterpart: the
     * {@code replacer} and {@code reviver} of the JSON functions.
     */
    public static JsonParser with(PayloadBinding binding) {
        return new JsonParser(binding, DEFAULT_MAX_ATTACHMENTS);
    }

    /**
     * Returns this parser with another limit for the attachments of a received packet. Default: 10. A packet that
     * announces more is rejected with "too many attachments". Official counterpart: {@code maxAttachments}.
     *
     * @throws IllegalArgumentException if it is negative
     */
    public JsonParser maxAttachments(int max) {
        if (max < 0) {
            throw new IllegalArgumentException("maxAttachments must not be negative: " + max);
        }
        return new JsonParser(binding, max);
    }

    @Override
    public EncodedPacket encode(SocketPacket packet) {
        JsonOutput out = JsonOutput.take();
        try {
            if (packet instanceof SocketPacket.Event event) {
                writeHeader(out, '2', event.namespace(), event.id());
                out.write('[');
                out.writeString(event.name());
                writeArguments(out, event.args(), true);
                out.write(']');
                return finish(out);
            } else if (packet instanceof SocketPacket.Ack ack) {
                writeHeader(out, '3', ack.namespace(), ack.id());
                out.write('[');
                writeArguments(out, ack.args(), false);
                out.write(']');
                return finish(out);
            } else if (packet instanceof SocketPacket.Connect connect) {
                writeHeader(out, '0', connect.namespace(), SocketPacket.NO_ID);
                Payload data = connect.data();
                if (data != null) {
                    writeValue(out, data);
                }
            } else if (packet instanceof SocketPacket.ConnectError error) {
                writeHeader(out, '4', error.namespace(), SocketPacket.NO_ID);
                writeValue(out, error.data());
            } else {
                writeHeader(out, '1', packet.namespace(), SocketPacket.NO_ID);
            }
            if (!out.attachmentsFound().isEmpty()) {
                throw new BindingException(
                        "binary is possible in events and acknowledgements only", Object.class, "$", null);
            }
            return finish(out);
        } finally {
            out.release();
        }
    }

    private static void writeHeader(JsonOutput out, char type, String namespace, long id) {
        out.write(type);
        if (!namespace.equals("/")) {
            out.writeUtf8(namespace);
            out.write(',');
        }
        if (id >= 0) {
            out.writeLong(id);
        }
    }

    /** Returns the whole packet; the number of attachments, which is only known now, is inserted after the type. */
    private static EncodedPacket finish(JsonOutput out) {
        List<byte[]> attachments = out.attachmentsFound();
        if (attachments.isEmpty()) {
            return new EncodedPacket(false, out.toBytes(), attachments);
        }
        byte[] count = (attachments.size() + "-").getBytes(StandardCharsets.US_ASCII);
        byte[] head = new byte[out.size() + count.length];
        head[0] = (byte) (out.buffer()[0] + 3);
        System.arraycopy(count, 0, head, 1, count.length);
        System.arraycopy(out.buffer(), 1, head, 1 + count.length, out.size() - 1);
        return new EncodedPacket(false, head, attachments);
    }

    private void writeArguments(JsonOutput out, Arguments args, boolean comma) {
        if (args instanceof JsonArguments json) {
            if (comma) {
                out.write(',');
            }
            json.writeTo(out);
            return;
        }
        int size = args.size();
        @Nullable Object @Nullable [] values = args instanceof JavaArguments java ? java.values() : null;
        for (int i = 0; i < size; i++) {
            if (comma || i > 0) {
                out.write(',');
            }
            writeValue(out, values != null ? values[i] : args.get(i));
        }
    }

    private void writeValue(JsonOutput out, @Nullable Object given) {
        Object value = given;
        while (value instanceof JavaPayload payload) {
            value = payload.value();
        }
        if (value instanceof RawJson raw) {
            raw.writeTo(out);
        } else if (binding instanceof DirectBinding direct) {
            direct.writeTo(out, value);
        } else if (value instanceof Payload payload) {
            out.write(binding.write(payload.get(), out.attachments()));
        } else {
            out.write(binding.write(value, out.attachments()));
        }
    }

    @Override
    public Decoder newDecoder() {
        return new JsonDecoder(this);
    }
}
