package dev.sockeye.socketio.protocol;

import dev.sockeye.text.Utf8;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The decoder of {@link JsonParser}. Its only state between messages is a packet whose attachments are incomplete. */
final class JsonDecoder implements Parser.Decoder {
    private static final String INVALID_PAYLOAD = "invalid payload";
    private static final int MAX_TYPE = 6;

    private final JsonParser parser;
    private @Nullable Pending pending;

    /** A packet without its attachments. */
    private static final class Pending {
        final SocketPacket packet;
        final List<byte[]> attachments;
        final int expected;
        final boolean illegal;

        Pending(SocketPacket packet, List<byte[]> attachments, int expected, boolean illegal) {
            this.packet = packet;
            this.attachments = attachments;
            this.expected = expected;
            this.illegal = illegal;
        }
    }

    JsonDecoder(JsonParser parser) {
        this.parser = parser;
    }

    @Override
    public void reset() {
        pending = null;
    }

    @Override
    public @Nullable SocketPacket binary(byte[] data) throws DecodeException {
        try {
            return attachment(data);
        } catch (DecodeException e) {
            throw e.inBinary(data);
        }
    }

    @Override
    public @Nullable SocketPacket text(byte[] buffer, int offset, int length) throws DecodeException {
        try {
            return packet(buffer, offset, length);
        } catch (DecodeException e) {
            throw e.inText(buffer, offset, length);
        }
    }

    private @Nullable SocketPacket attachment(byte[] data) throws DecodeException {
        Pending waiting = pending;
        if (waiting == null) {
            throw new DecodeException("got binary data when not reconstructing a packet");
        }
        waiting.attachments.add(data);
        if (waiting.attachments.size() < waiting.expected) {
            return null;
        }
        pending = null;
        if (waiting.illegal) {
            throw new DecodeException("illegal attachments");
        }
        return waiting.packet;
    }

    private @Nullable SocketPacket packet(byte[] buffer, int offset, int length) throws DecodeException {
        if (pending != null) {
            pending = null;
            throw new DecodeException("got plaintext data when reconstructing a packet");
        }
        int end = offset + length;
        int type = length == 0 ? -1 : buffer[offset] - '0';
        if (type < 0 || type > MAX_TYPE) {
            throw new DecodeException("unknown packet type " + (type > MAX_TYPE && type <= 9 ? type : "NaN"));
        }
        int at = offset + 1;
        int attachments = 0;
        if (type > 4) {
            int dash = at;
            while (dash < end && buffer[dash] != '-') {
                dash++;
            }
            attachments = attachments(buffer, at, dash, end);
            at = dash + 1;
        }
        String namespace = "/";
        if (at < end && buffer[at] == '/') {
            int comma = at;
            while (comma < end && buffer[comma] != ',') {
                comma++;
            }
            namespace = comma - at == 1 ? "/" : parser.names.name(buffer, at, comma);
            at = Math.min(comma + 1, end);
        }
        long id = SocketPacket.NO_ID;
        if (at < end && (isDigit(buffer[at]) || isBlank(buffer[at]))) {
            id = 0; // also of blanks alone, as in the official implementation
            at = afterBlanks(buffer, at, end);
            while (at < end && isDigit(buffer[at])) {
                int digit = buffer[at++] - '0';
                if (id <= (Long.MAX_VALUE - digit) / 10) {
                    id = id * 10 + digit;
                } else if (type == 3 || type == 6) {
                    id = Long.MAX_VALUE; // an answer to an unknown request
                } else {
                    throw new DecodeException("invalid packet id");
                }
            }
            at = afterBlanks(buffer, at, end);
        }
        if (at == end) {
            return withoutPayload(type, namespace);
        }
        return withPayload(type, namespace, id, attachments, buffer, at, end);
    }

    private static boolean isDigit(byte b) {
        return b >= '0' && b <= '9';
    }

    /** Whether it is white space in JavaScript. */
    private static boolean isBlank(byte b) {
        return b == ' ' || (b >= '\t' && b <= '\r');
    }

    private static int afterBlanks(byte[] buffer, int from, int end) {
        int at = from;
        while (at < end && isBlank(buffer[at])) {
            at++;
        }
        return at;
    }

    private int attachments(byte[] buffer, int from, int dash, int end) throws DecodeException {
        if (dash == end || dash == from) {
            throw new DecodeException("Illegal attachments");
        }
        long count = 0;
        for (int i = from; i < dash; i++) {
            if (!isDigit(buffer[i])) {
                throw new DecodeException("Illegal attachments");
            }
            count = Math.min(count * 10 + (buffer[i] - '0'), Integer.MAX_VALUE);
        }
        if (count == 0) {
            throw new DecodeException("Illegal attachments");
        }
        if (count > parser.maxAttachments) {
            throw new DecodeException("too many attachments");
        }
        return (int) count;
    }

    private static SocketPacket withoutPayload(int type, String namespace) throws DecodeException {
        return switch (type) {
            case 0 -> new SocketPacket.Connect(namespace, null);
            case 1 -> new SocketPacket.Disconnect(namespace);
            default -> throw new DecodeException(INVALID_PAYLOAD);
        };
    }

    private @Nullable SocketPacket withPayload(
            int type, String namespace, long id, int attachments, byte[] buffer, int from, int to)
            throws DecodeException {
        JsonScanner scanner = JsonScanner.take();
        try {
            byte[] json = buffer;
            int at = from;
            int end = to;
            boolean valid = scanner.scan(json, at, end - at, attachments);
            if (valid && scanner.nonAscii() && !Utf8.isValid(json, at, end)) {
                // as in the official implementation; forwarding the invalid bytes would break the
                // connections of other clients
                json = new String(json, at, end - at, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8);
                at = 0;
                end = json.length;
                valid = scanner.scan(json, at, end, attachments);
            }
            if (!valid) {
                throw new DecodeException(INVALID_PAYLOAD);
            }
            at = JsonScanner.start(json, at, end);
            byte first = json[at];
            List<byte[]> binaries = attachments == 0 ? List.of() : new ArrayList<>(attachments);
            SocketPacket packet;
            switch (type) {
                case 0 -> {
                    require(first == '{');
                    packet = new SocketPacket.Connect(namespace, payload(json, at, end));
                }
                case 4 -> {
                    require(first == '{' || first == '"');
                    packet = new SocketPacket.ConnectError(namespace, payload(json, at, end));
                }
                case 2, 5 -> {
                    require(first == '[' && scanner.count() > 0);
                    String name = eventName(json, scanner.from(0), scanner.to(0));
                    packet = new SocketPacket.Event(
                            namespace, id, name, JsonArguments.of(parser.binding, json, binaries, scanner, 1));
                }
                case 3, 6 -> {
                    require(first == '[');
                    packet = new SocketPacket.Ack(
                            namespace, id, JsonArguments.of(parser.binding, json, binaries, scanner, 0));
                }
                default -> throw new DecodeException(INVALID_PAYLOAD);
            }
            if (attachments == 0) {
                return packet;
            }
            pending = new Pending(packet, binaries, attachments, scanner.illegalPlaceholder());
            return null;
        } finally {
            scanner.release();
        }
    }

    private static void require(boolean valid) throws DecodeException {
        if (!valid) {
            throw new DecodeException(INVALID_PAYLOAD);
        }
    }

    private Payload payload(byte[] json, int at, int end) {
        return new JsonPayload(parser.binding, json, at, JsonScanner.trimmedEnd(json, at, end) - at, List.of());
    }

    private String eventName(byte[] json, int from, int to) throws DecodeException {
        String name;
        if (json[from] == '"') {
            name = hasEscape(json, from, to)
                    ? JsonReader.string(json, from)
                    : parser.names.name(json, from + 1, to - 1);
            require(!ReservedEvents.contains(name));
        } else {
            require(json[from] == '-' || isDigit(json[from]));
            name = numberName(JsonReader.number(json, from, to));
        }
        return name;
    }

    private static boolean hasEscape(byte[] json, int from, int to) {
        for (int i = from; i < to; i++) {
            if (json[i] == '\\') {
                return true;
            }
        }
        return false;
    }

    /** A number as JavaScript names a property: 1, 1.0 and 1e0 are the same. */
    static String numberName(Number number) {
        if (number instanceof Double decimal) {
            double value = decimal;
            if (value == Math.rint(value) && Math.abs(value) < 1e15) {
                return Long.toString((long) value);
            }
        }
        return number.toString();
    }
}
