package dev.sockeye.engineio.protocol;

import dev.sockeye.engineio.protocol.EngineCodec.PacketConsumer;
import dev.sockeye.engineio.protocol.EnginePacket.Message;
import dev.sockeye.engineio.protocol.EnginePacket.Noop;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Packets and payloads of protocol 3 (Socket.IO 2.x clients). Lengths in text payloads count UTF-16 units; binary packets
 * carry a type byte. Stateless; any thread.
 */
public final class EngineCodecV3 {
    private static final int MAX_LENGTH_DIGITS = 10;
    private static final int MAX_NUMBER_LENGTH = 310;
    private static final Pattern DIGITS = Pattern.compile("\\d{1,10}");
    private static final Pattern DECIMAL = Pattern.compile("[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?");
    private static final Pattern PREFIXED = Pattern.compile("0([xX][0-9a-fA-F]+|[oO][0-7]+|[bB][01]+)");

    private EngineCodecV3() {}

    /** Decodes a text packet: a WebSocket text message, or a part of a text payload. */
    public static EnginePacket decode(byte[] buffer, int offset, int length) throws EngineDecodeException {
        if (length > 0 && buffer[offset] == 'b') {
            if (length < 2) {
                return new Noop(); // without a type, which is unknown, too
            }
            return binary(buffer[offset + 1], EngineCodec.base64(buffer, offset + 2, length - 2));
        }
        return EngineCodec.decode(buffer, offset, length);
    }

    /** Same as {@link #decode}, for bytes that may be invalid UTF-8: invalid sequences become U+FFFD. */
    private static EnginePacket decodeText(byte[] buffer, int offset, int length) throws EngineDecodeException {
        byte[] valid = new String(buffer, offset, length, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8);
        return decode(valid, 0, valid.length);
    }

    /** Decodes a binary packet: a WebSocket binary message, or a part of a binary payload. */
    public static EnginePacket decodeBinary(byte[] data, int offset, int length) throws EngineDecodeException {
        if (length == 0) {
            return new Noop();
        }
        return binary((byte) (data[offset] + '0'), Arrays.copyOfRange(data, offset + 1, offset + length));
    }

    /** A packet of an unknown type becomes a noop, as in the official implementation. */
    private static EnginePacket binary(byte type, byte[] data) throws EngineDecodeException {
        if (type < '0' || type > '6') {
            return new Noop();
        }
        return type == '4' ? Message.binary(data) : EngineCodec.decode(type, data, 0, data.length);
    }

    /** Whether a payload of these packets uses binary framing, if the client supports it. */
    public static boolean hasBinary(List<EnginePacket> packets) {
        for (EnginePacket packet : packets) {
            if (packet instanceof Message message && message.isBinary()) {
                return true;
            }
        }
        return false;
    }

    /** Encodes a text payload: {@code <length>:<packet>} for each packet, with binary data as base64. */
    public static String encodeTextPayload(List<EnginePacket> packets) {
        StringBuilder out = new StringBuilder();
        for (EnginePacket packet : packets) {
            String text;
            if (packet instanceof Message message && message.isBinary()) {
                text = "b4" + Base64.getEncoder().encodeToString(message.data());
            } else {
                text = (char) EngineCodec.type(packet) + new String(EngineCodec.data(packet), StandardCharsets.UTF_8);
            }
            out.append(text.length()).append(':').append(text);
        }
        return out.isEmpty() ? "0:" : out.toString();
    }

    /** Encodes a binary payload: for each packet its kind, the digits of the length, 255 and the packet. */
    public static byte[] encodeBinaryPayload(List<EnginePacket> packets) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (EnginePacket packet : packets) {
            boolean binary = packet instanceof Message message && message.isBinary();
            byte[] data = EngineCodec.data(packet);
            out.write(binary ? 1 : 0);
            for (char digit : Integer.toString(data.length + 1).toCharArray()) {
                out.write(digit - '0');
            }
            out.write(255);
            out.write(binary ? 4 : EngineCodec.type(packet));
            out.writeBytes(data);
        }
        return out.toByteArray();
    }

    /** Decodes a text payload. */
    public static void decodeTextPayload(String body, PacketConsumer consumer) throws EngineDecodeException {
        if (body.isEmpty()) {
            throw new EngineDecodeException("parser error: empty payload");
        }
        int at = 0;
        while (at < body.length()) {
            int colon = body.indexOf(':', at);
            if (colon <= at || colon - at > MAX_NUMBER_LENGTH) {
                throw new EngineDecodeException("parser error: invalid length in payload");
            }
            long length = length(body.substring(at, colon));
            if (length > body.length() - colon - 1) {
                throw new EngineDecodeException("parser error: payload ends early");
            }
            int end = colon + 1 + (int) length;
            if (length > 0) {
                byte[] packet = body.substring(colon + 1, end).getBytes(StandardCharsets.UTF_8);
                if (!consumer.accept(decode(packet, 0, packet.length))) {
                    return;
                }
            }
            at = end;
        }
    }

    /** A length as the official parser reads it: with JavaScript's {@code Number}, which accepts more than digits. */
    private static long length(String text) throws EngineDecodeException {
        if (DIGITS.matcher(text).matches()) {
            return Long.parseLong(text);
        }
        String number = text.strip();
        double value;
        if (number.isEmpty()) {
            value = 0;
        } else if (PREFIXED.matcher(number).matches()) {
            int radix = switch (number.charAt(1)) {
                case 'x', 'X' -> 16;
                case 'o', 'O' -> 8;
                default -> 2;
            };
            value = new BigInteger(number.substring(2), radix).doubleValue();
        } else if (DECIMAL.matcher(number).matches()) {
            value = Double.parseDouble(number);
        } else {
            value = Double.NaN;
        }
        if (!(value >= 0 && value == Math.rint(value) && value <= Integer.MAX_VALUE)) {
            throw new EngineDecodeException("parser error: invalid length in payload");
        }
        return (long) value;
    }

    /** Decodes a binary payload. */
    public static void decodeBinaryPayload(byte[] body, PacketConsumer consumer) throws EngineDecodeException {
        int at = 0;
        while (at < body.length) {
            boolean text = body[at] == 0;
            long length = 0;
            int digits = 0;
            at++;
            while (at < body.length && body[at] != (byte) 255) {
                if (body[at] < 0 || body[at] > 9 || ++digits > MAX_LENGTH_DIGITS) {
                    throw new EngineDecodeException("parser error: invalid length in payload");
                }
                length = length * 10 + body[at];
                at++;
            }
            at++;
            if (length == 0 || length > body.length - at) {
                throw new EngineDecodeException("parser error: payload ends early");
            }
            EnginePacket packet = text ? decodeText(body, at, (int) length) : decodeBinary(body, at, (int) length);
            if (!consumer.accept(packet)) {
                return;
            }
            at += (int) length;
        }
    }
}
