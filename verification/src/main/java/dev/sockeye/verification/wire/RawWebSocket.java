package dev.sockeye.verification.wire;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** A WebSocket on a plain TCP connection: reads only on request, and can be interrupted at any point. */
public final class RawWebSocket implements AutoCloseable {
    private static final byte[] MASK = {0x11, 0x22, 0x33, 0x44};

    /** The opcode of a close frame. */
    public static final int CLOSE = 8;

    /** One frame. */
    public record Frame(int opcode, byte[] payload) {
        public String text() {
            return new String(payload, StandardCharsets.UTF_8);
        }
    }

    private final RawHttp http;
    private final InputStream in;

    private RawWebSocket(RawHttp http) throws IOException {
        this.http = http;
        this.in = http.socket().getInputStream();
    }

    /** The request that opens a WebSocket. */
    public static String handshake(String target) {
        return "GET " + target + " HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    }

    /** Opens a WebSocket; fails if the server rejects it. */
    public static RawWebSocket open(int port, String target) throws IOException {
        RawHttp http = new RawHttp(port);
        try {
            RawHttp.Answer answer = http.write(handshake(target)).read();
            if (answer.status() != 101) {
                throw new IOException("refused with " + answer.status() + " " + answer.text());
            }
            return new RawWebSocket(http);
        } catch (IOException e) {
            http.close();
            throw e;
        }
    }

    /** Sends one text message. */
    public void send(String text) throws IOException {
        frame(1, text.getBytes(StandardCharsets.UTF_8));
    }

    /** Sends one frame with the FIN bit. */
    public void frame(int opcode, byte[] payload) throws IOException {
        ByteBuffer frame = ByteBuffer.allocate(payload.length + 14).put((byte) (0x80 | opcode));
        if (payload.length < 126) {
            frame.put((byte) (0x80 | payload.length));
        } else if (payload.length < 65_536) {
            frame.put((byte) (0x80 | 126)).putShort((short) payload.length);
        } else {
            frame.put((byte) (0x80 | 127)).putLong(payload.length);
        }
        frame.put(MASK);
        for (int i = 0; i < payload.length; i++) {
            frame.put((byte) (payload[i] ^ MASK[i & 3]));
        }
        byte[] bytes = new byte[frame.position()];
        frame.flip().get(bytes);
        http.write(bytes);
    }

    /** Reads one frame; servers do not send fragments. */
    public Frame read() throws IOException {
        int opcode = octet() & 0x0f;
        int length = octet() & 0x7f;
        if (length == 126) {
            length = octet() << 8 | octet();
        } else if (length == 127) {
            length = (int) ByteBuffer.wrap(in.readNBytes(8)).getLong();
        }
        byte[] payload = in.readNBytes(length);
        if (payload.length < length) {
            throw new EOFException("connection closed within a frame");
        }
        return new Frame(opcode, payload);
    }

    /** Reads up to the text with this prefix; pings are answered. */
    public String readUntil(String beginning) throws IOException {
        long patience = System.nanoTime() + Wire.PATIENCE.toNanos();
        while (true) {
            Frame frame = read();
            if (System.nanoTime() - patience > 0) {
                throw new IOException("no " + beginning + " within " + Wire.PATIENCE);
            }
            if (frame.opcode() == CLOSE) {
                throw new EOFException("closed");
            }
            String text = frame.text();
            if (frame.opcode() == 1 && text.equals("2")) {
                send("3");
            }
            if (frame.opcode() == 1 && text.startsWith(beginning)) {
                return text;
            }
        }
    }

    private int octet() throws IOException {
        int value = in.read();
        if (value < 0) {
            throw new EOFException("connection closed");
        }
        return value;
    }

    /** The underlying connection. */
    public RawHttp raw() {
        return http;
    }

    /** Resets the connection. */
    public void reset() throws IOException {
        http.socket().setSoLinger(true, 0);
        http.close();
    }

    @Override
    public void close() throws IOException {
        http.close();
    }
}
