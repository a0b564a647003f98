package dev.sockeye.engineio.protocol;

import dev.sockeye.engineio.protocol.EnginePacket.Close;
import dev.sockeye.engineio.protocol.EnginePacket.Message;
import dev.sockeye.engineio.protocol.EnginePacket.Noop;
import dev.sockeye.engineio.protocol.EnginePacket.Open;
import dev.sockeye.engineio.protocol.EnginePacket.Ping;
import dev.sockeye.engineio.protocol.EnginePacket.Pong;
import dev.sockeye.engineio.protocol.EnginePacket.Upgrade;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/**
 * Packets and payloads of protocol 4. Official counterpart: {@code engine.io-parser}. Stateless; any thread.
 */
public final class EngineCodec {
    /** The protocol revision. */
    public static final int PROTOCOL = 4;

    private static final byte SEPARATOR = 0x1e;

    private EngineCodec() {}

    /** Receives the packets of a payload while it is decoded. */
    @FunctionalInterface
    public interface PacketConsumer {
        /**
         * Called for each packet.
         *
         * @return whether to continue with the rest of the payload
         */
        boolean accept(EnginePacket packet);
    }

    /** The type digit of a packet. */
    public static byte type(EnginePacket packet) {
        if (packet instanceof Message) {
            return '4';
        } else if (packet instanceof Ping) {
            return '2';
        } else if (packet instanceof Pong) {
            return '3';
        } else if (packet instanceof Open) {
            return '0';
        } else if (packet instanceof Close) {
            return '1';
        }
        return (byte) (packet instanceof Upgrade ? '5' : '6');
    }

    /** The content after the type digit. */
    public static byte[] data(EnginePacket packet) {
        if (packet instanceof Message message) {
            return message.data();
        } else if (packet instanceof Open open) {
            return open.data().getBytes(StandardCharsets.UTF_8);
        } else if (packet instanceof Ping ping) {
            return ping.data().getBytes(StandardCharsets.UTF_8);
        } else if (packet instanceof Pong pong) {
            return pong.data().getBytes(StandardCharsets.UTF_8);
        }
        return new byte[0];
    }

    /** Decodes a packet from its text form; binary messages are {@code b} followed by base64. */
    public static EnginePacket decode(byte[] buffer, int offset, int length) throws EngineDecodeException {
        if (length == 0) {
            throw new EngineDecodeException("parser error: empty packet");
        }
        byte type = buffer[offset];
        if (type == 'b') {
            return Message.binary(base64(buffer, offset + 1, length - 1));
        }
        return decode(type, buffer, offset + 1, length - 1);
    }

    static EnginePacket decode(byte type, byte[] buffer, int offset, int length) throws EngineDecodeException {
        return switch (type) {
            case '0' -> new Open(text(buffer, offset, length));
            case '1' -> new Close();
            case '2' -> new Ping(text(buffer, offset, length));
            case '3' -> new Pong(text(buffer, offset, length));
            case '4' -> Message.text(Arrays.copyOfRange(buffer, offset, offset + length));
            case '5' -> new Upgrade();
            case '6' -> new Noop();
            default -> throw new EngineDecodeException("parser error: unknown packet type " + (type & 0xff));
        };
    }

    private static String text(byte[] buffer, int offset, int length) {
        return length == 0 ? "" : new String(buffer, offset, length, StandardCharsets.UTF_8);
    }

    /**
     * Never fails, as in the official implementation: both base64 alphabets are accepted, other characters are skipped,
     * and padding ends the data.
     */
    static byte[] base64(byte[] buffer, int offset, int length) {
        byte[] part = Arrays.copyOfRange(buffer, offset, offset + length);
        try {
            return Base64.getDecoder().decode(part);
        } catch (IllegalArgumentException e) {
            return lenientBase64(part);
        }
    }

    private static byte[] lenientBase64(byte[] text) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(text.length / 4 * 3 + 3);
        int bits = 0;
        int count = 0;
        for (byte b : text) {
            if (b == '=') {
                break;
            }
            int value = sextet(b);
            if (value >= 0) {
                bits = bits << 6 | value;
                count += 6;
                if (count >= 8) {
                    count -= 8;
                    out.write(bits >> count);
                }
            }
        }
        return out.toByteArray();
    }

    private static int sextet(byte b) {
        if (b >= 'A' && b <= 'Z') {
            return b - 'A';
        } else if (b >= 'a' && b <= 'z') {
            return b - 'a' + 26;
        } else if (b >= '0' && b <= '9') {
            return b - '0' + 52;
        } else if (b == '+' || b == '-') {
            return 62;
        }
        return b == '/' || b == '_' ? 63 : -1;
    }

    /** Encodes a packet in its text form. */
    public static byte[] encode(EnginePacket packet) {
        return encodePayload(List.of(packet));
    }

    /** What follows the first character of a packet's text form. */
    private static byte[] textData(EnginePacket packet) {
        return packet instanceof Message message && message.isBinary()
                ? Base64.getEncoder().encode(message.data())
                : data(packet);
    }

    private static byte textType(EnginePacket packet) {
        return packet instanceof Message message && message.isBinary() ? (byte) 'b' : type(packet);
    }

    /** Encodes packets as the body of a polling request or response. */
    public static byte[] encodePayload(List<EnginePacket> packets) {
        int count = packets.size();
        byte[][] data = new byte[count][];
        int length = Math.max(0, 2 * count - 1);
        for (int i = 0; i < count; i++) {
            data[i] = textData(packets.get(i));
            length = Math.addExact(length, data[i].length);
        }
        byte[] payload = new byte[length];
        int at = 0;
        for (int i = 0; i < count; i++) {
            if (i > 0) {
                payload[at++] = SEPARATOR;
            }
            payload[at++] = textType(packets.get(i));
            System.arraycopy(data[i], 0, payload, at, data[i].length);
            at += data[i].length;
        }
        return payload;
    }

    /**
     * Decodes the body of a polling request or response. Packets before a malformed one are passed to the consumer.
     *
     * @throws EngineDecodeException if a packet is malformed
     */
    public static void decodePayload(byte[] body, PacketConsumer consumer) throws EngineDecodeException {
        int from = 0;
        while (true) {
            int to = from;
            while (to < body.length && body[to] != SEPARATOR) {
                to++;
            }
            if (!consumer.accept(decode(body, from, to - from)) || to == body.length) {
                return;
            }
            from = to + 1;
        }
    }
}
