package dev.sockeye.verification.torture;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** The bytes that a client of WebSocket sends. */
final class Frames {

    private Frames() {}

    static byte[] upgradeRequest(String path, String... headers) {
        StringBuilder request = new StringBuilder(
                "GET " + path + " HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n"
                        + "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n");
        for (String header : headers) {
            request.append(header).append("\r\n");
        }
        return request.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    static byte[] masked(int first, byte[] payload, int mask) {
        ByteBuffer out = ByteBuffer.allocate(payload.length + 14);
        out.put((byte) first);
        if (payload.length < 126) {
            out.put((byte) (0x80 | payload.length));
        } else if (payload.length < 65536) {
            out.put((byte) (0x80 | 126)).putShort((short) payload.length);
        } else {
            out.put((byte) (0x80 | 127)).putLong(payload.length);
        }
        out.putInt(mask);
        for (int i = 0; i < payload.length; i++) {
            out.put((byte) (payload[i] ^ (mask >>> (24 - 8 * (i & 3)))));
        }
        byte[] bytes = new byte[out.position()];
        out.flip().get(bytes);
        return bytes;
    }
}
