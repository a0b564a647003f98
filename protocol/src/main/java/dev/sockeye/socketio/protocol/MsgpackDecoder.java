package dev.sockeye.socketio.protocol;

import java.math.BigInteger;

/** The decoder of {@link MsgpackParser}. Has no state between packets. */
final class MsgpackDecoder implements Parser.Decoder {
    private static final String INVALID_PAYLOAD = "invalid payload";
    private static final int ABSENT = -1;

    private final PayloadBinding binding;
    private final NameCache names;

    MsgpackDecoder(PayloadBinding binding, NameCache names) {
        this.binding = binding;
        this.names = names;
    }

    @Override
    public SocketPacket text(byte[] buffer, int offset, int length) throws DecodeException {
        throw new DecodeException("got plaintext data where msgpack is expected").inText(buffer, offset, length);
    }

    @Override
    public void reset() {}

    @Override
    public SocketPacket binary(byte[] message) throws DecodeException {
        try {
            return packet(message);
        } catch (DecodeException e) {
            throw e.inBinary(message);
        }
    }

    private SocketPacket packet(byte[] data) throws DecodeException {
        MsgpackReader reader = new MsgpackReader(data, 0, data.length);
        if (!MsgpackReader.isMap(reader.peek())) {
            throw new DecodeException("invalid packet type");
        }
        int type = ABSENT;
        int namespace = ABSENT;
        int id = ABSENT;
        int payload = ABSENT;
        for (int i = reader.mapHeader(); i > 0; i--) {
            String key = MsgpackReader.isString(reader.peek()) ? name(reader, data) : skipped(reader);
            int at = reader.position();
            reader.skip(2);
            switch (key) {
                case "type" -> type = at;
                case "nsp" -> namespace = at;
                case "id" -> id = at;
                case "data" -> payload = at;
                default -> {} // for example options of the sender
            }
        }
        if (reader.position() != data.length) {
            throw new DecodeException("invalid msgpack");
        }
        return packet(reader, data, type, namespace, id, payload);
    }

    private static String skipped(MsgpackReader reader) throws DecodeException {
        reader.skip(2);
        return "";
    }

    private String name(MsgpackReader reader, byte[] data) throws DecodeException {
        int length = reader.stringHeader();
        int from = reader.position();
        reader.position(from + length);
        return names.name(data, from, from + length);
    }

    private SocketPacket packet(MsgpackReader reader, byte[] data, int typeAt, int namespaceAt, int idAt, int payloadAt)
            throws DecodeException {
        long type = whole(reader, typeAt, "invalid packet type");
        if (type > 4) {
            throw new DecodeException("invalid packet type");
        }
        if (namespaceAt == ABSENT || !MsgpackReader.isString(data[namespaceAt] & 0xff)) {
            throw new DecodeException("invalid namespace");
        }
        reader.position(namespaceAt);
        String namespace = name(reader, data);
        if (!namespace.startsWith("/")) {
            throw new DecodeException("invalid namespace");
        }
        long id;
        if (idAt == ABSENT || isUndefined(data, idAt)) {
            id = SocketPacket.NO_ID;
        } else if (type == 3 && isNeverGivenOut(reader, idAt)) {
            id = Long.MAX_VALUE; // an answer to an unknown request
        } else {
            id = whole(reader, idAt, "invalid packet id");
        }
        boolean absent = payloadAt == ABSENT || isUndefined(data, payloadAt);
        int first = absent ? 0xc0 : data[payloadAt] & 0xff;
        switch ((int) type) {
            case 0 -> {
                require(absent || MsgpackReader.isMap(first));
                return new SocketPacket.Connect(namespace, absent ? null : payload(reader, data, payloadAt));
            }
            case 1 -> {
                require(absent);
                return new SocketPacket.Disconnect(namespace);
            }
            case 4 -> {
                require(MsgpackReader.isMap(first) || MsgpackReader.isString(first));
                return new SocketPacket.ConnectError(namespace, payload(reader, data, payloadAt));
            }
            default -> {
                require(MsgpackReader.isArray(first));
                reader.position(payloadAt);
                int count = reader.arrayHeader();
                if (type == 3) {
                    return new SocketPacket.Ack(namespace, id, arguments(reader, data, count));
                }
                require(count > 0);
                String name = eventName(reader, data);
                return new SocketPacket.Event(namespace, id, name, arguments(reader, data, count - 1));
            }
        }
    }

    /** JavaScript's undefined, which notepack encodes as an extension of type 0 with one byte. */
    private static boolean isUndefined(byte[] data, int at) {
        return data[at] == (byte) 0xd4 && data[at + 1] == 0;
    }

    private static void require(boolean valid) throws DecodeException {
        if (!valid) {
            throw new DecodeException(INVALID_PAYLOAD);
        }
    }

    /** Whether it is a whole number that is negative or larger than 63 bits. */
    private static boolean isNeverGivenOut(MsgpackReader reader, int at) throws DecodeException {
        reader.position(at);
        int first = reader.peek();
        Object value = MsgpackReader.isMap(first) || MsgpackReader.isArray(first) ? null : reader.value();
        return value instanceof BigInteger
                || ((value instanceof Integer || value instanceof Long) && ((Number) value).longValue() < 0)
                || (value instanceof Double decimal
                        && decimal == Math.rint(decimal)
                        && !decimal.isInfinite()
                        && (decimal < 0 || decimal >= 0x1p63));
    }

    /** Whether it is a non-negative whole number. */
    private static long whole(MsgpackReader reader, int at, String message) throws DecodeException {
        if (at == ABSENT) {
            throw new DecodeException(message);
        }
        reader.position(at);
        int first = reader.peek();
        Object value = MsgpackReader.isMap(first) || MsgpackReader.isArray(first) ? null : reader.value();
        if (value instanceof Double decimal && DirectBinding.isWhole(decimal)) {
            value = decimal.longValue();
        }
        long number = value instanceof Integer || value instanceof Long ? ((Number) value).longValue() : -1;
        if (number < 0) {
            throw new DecodeException(message);
        }
        return number;
    }

    private String eventName(MsgpackReader reader, byte[] data) throws DecodeException {
        int first = reader.peek();
        if (MsgpackReader.isString(first)) {
            String name = name(reader, data);
            require(!ReservedEvents.contains(name));
            return name;
        }
        require(!MsgpackReader.isMap(first) && !MsgpackReader.isArray(first));
        Object value = reader.value();
        if (value instanceof Number number) {
            return JsonDecoder.numberName(number);
        }
        throw new DecodeException(INVALID_PAYLOAD);
    }

    private Payload payload(MsgpackReader reader, byte[] data, int at) throws DecodeException {
        reader.position(at);
        reader.skip(1);
        return new MsgpackPayload(binding, data, at, reader.position());
    }

    private Arguments arguments(MsgpackReader reader, byte[] data, int count) throws DecodeException {
        if (count == 0) {
            return Arguments.none();
        }
        int[] bounds = new int[count + 1];
        for (int i = 0; i < count; i++) {
            bounds[i] = reader.position();
            reader.skip(2);
        }
        bounds[count] = reader.position();
        return new MsgpackArguments(binding, data, bounds);
    }
}
