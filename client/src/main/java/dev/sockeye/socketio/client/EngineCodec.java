package dev.sockeye.socketio.client;

import dev.sockeye.engineio.protocol.EnginePacket;
import dev.sockeye.socketio.protocol.DecodeException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/** Engine.IO packets and payloads of protocol 4, the client's half. */
final class EngineCodec {
    private static final byte SEPARATOR = 0x1e;
    private static final byte[] NOTHING = new byte[0];

    private EngineCodec() {}

    static byte[] encodeText(EnginePacket packet) {
        if (packet instanceof EnginePacket.Message message) {
            byte[] data = message.data();
            if (message.isBinary()) {
                byte[] base64 = Base64.getEncoder().encode(data);
                return prefixed((byte) 'b', base64);
            }
            return prefixed((byte) '4', data);
        } else if (packet instanceof EnginePacket.Ping ping) {
            return prefixed((byte) '2', utf8(ping.data()));
        } else if (packet instanceof EnginePacket.Pong pong) {
            return prefixed((byte) '3', utf8(pong.data()));
        } else if (packet instanceof EnginePacket.Open open) {
            return prefixed((byte) '0', utf8(open.data()));
        } else if (packet instanceof EnginePacket.Close) {
            return new byte[] {'1'};
        } else if (packet instanceof EnginePacket.Upgrade) {
            return new byte[] {'5'};
        }
        return new byte[] {'6'};
    }

    /** The bytes of a packet in a payload. */
    static long payloadSize(EnginePacket packet) {
        if (packet instanceof EnginePacket.Message message) {
            int length = message.data().length;
            return message.isBinary() ? 1 + (length + 2L) / 3 * 4 : 1L + length;
        } else if (packet instanceof EnginePacket.Ping ping) {
            return 1L + utf8(ping.data()).length;
        } else if (packet instanceof EnginePacket.Pong pong) {
            return 1L + utf8(pong.data()).length;
        }
        return 1;
    }

    static byte[] encodePayload(List<EnginePacket> packets) {
        if (packets.size() == 1) {
            return encodeText(packets.get(0));
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < packets.size(); i++) {
            if (i > 0) {
                out.write(SEPARATOR);
            }
            out.writeBytes(encodeText(packets.get(i)));
        }
        return out.toByteArray();
    }

    static List<EnginePacket> decodePayload(byte[] payload) throws DecodeException {
        List<EnginePacket> packets = new ArrayList<>();
        int start = 0;
        for (int i = 0; i <= payload.length; i++) {
            if (i == payload.length || payload[i] == SEPARATOR) {
                packets.add(decodeText(Arrays.copyOfRange(payload, start, i)));
                start = i + 1;
            }
        }
        return packets;
    }

    static EnginePacket decodeText(byte[] text) throws DecodeException {
        if (text.length == 0) {
            throw new DecodeException("empty packet");
        }
        byte[] rest = text.length == 1 ? NOTHING : Arrays.copyOfRange(text, 1, text.length);
        return switch (text[0]) {
            case '0' -> new EnginePacket.Open(string(rest));
            case '1' -> new EnginePacket.Close();
            case '2' -> new EnginePacket.Ping(string(rest));
            case '3' -> new EnginePacket.Pong(string(rest));
            case '4' -> EnginePacket.Message.text(rest);
            case '5' -> new EnginePacket.Upgrade();
            case '6' -> new EnginePacket.Noop();
            case 'b' -> {
                try {
                    yield EnginePacket.Message.binary(Base64.getDecoder().decode(rest));
                } catch (IllegalArgumentException e) {
                    throw new DecodeException("invalid base64");
                }
            }
            default -> throw new DecodeException("unknown packet type");
        };
    }

    private static byte[] prefixed(byte type, byte[] data) {
        byte[] bytes = new byte[data.length + 1];
        bytes[0] = type;
        System.arraycopy(data, 0, bytes, 1, data.length);
        return bytes;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String string(byte[] utf8) {
        return new String(utf8, StandardCharsets.UTF_8);
    }
}
