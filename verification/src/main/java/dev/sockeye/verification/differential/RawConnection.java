package dev.sockeye.verification.differential;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/** A non-blocking TCP connection, and a parser for the received data: HTTP responses, possibly followed by WebSocket frames. */
final class RawConnection implements AutoCloseable {

    /** A parsed unit of received data. */
    sealed interface Seen {
        record Answer(int status, Map<String, String> headers, byte[] body) implements Seen {}

        record Frame(int opcode, byte[] payload) implements Seen {}

        record End() implements Seen {}
    }

    private final SocketChannel channel;
    private final ByteBuffer buffer = ByteBuffer.allocate(64 * 1024);
    private final Deque<String> methods = new ArrayDeque<>();
    private byte[] pending = new byte[0];
    private boolean webSocket;
    private boolean ended;
    private boolean endSeen;
    private final Inflater inflater = new Inflater(true);

    private final SelectionKey readable;

    /** @param selector is woken up by received data */
    RawConnection(int port, Selector selector) throws IOException {
        channel = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        channel.configureBlocking(false);
        channel.socket().setTcpNoDelay(true);
        readable = channel.register(selector, SelectionKey.OP_READ);
    }

    /** Whether the peer has not closed the connection. */
    boolean open() {
        return !ended;
    }

    /** Whether it was upgraded to a WebSocket. */
    boolean webSocket() {
        return webSocket;
    }

    /** Whether a response is still outstanding. */
    boolean owesAnswer() {
        return !ended && !methods.isEmpty();
    }

    /** Records the method of a request, because the form of its response depends on it. */
    void expect(String method) {
        methods.add(method);
    }

    void write(byte[] bytes) {
        ByteBuffer out = ByteBuffer.wrap(bytes);
        try {
            for (int i = 0; out.hasRemaining() && i < 10_000_000; i++) {
                channel.write(out);
            }
        } catch (IOException e) {
            // the peer has closed it, which is detected when reading
        }
    }

    /** Reads available data; returns whether there was any. */
    boolean read() {
        boolean any = false;
        while (!ended) {
            buffer.clear();
            int count;
            try {
                count = channel.read(buffer);
            } catch (IOException e) {
                count = -1;
            }
            if (count == 0) {
                break;
            }
            any = true;
            if (count < 0) {
                ended = true;
                readable.cancel();
            } else {
                int before = pending.length;
                pending = Arrays.copyOf(pending, before + count);
                System.arraycopy(buffer.array(), 0, pending, before, count);
            }
        }
        return any;
    }

    /** The next complete unit of received data. */
    @Nullable
    Seen next() {
        Seen seen = webSocket ? frame() : answer();
        if (seen != null) {
            return seen;
        }
        if (ended && !endSeen) {
            endSeen = true;
            return new Seen.End();
        }
        return null;
    }

    private void drop(int count) {
        pending = Arrays.copyOfRange(pending, count, pending.length);
    }

    private Seen.@Nullable Frame frame() {
        if (pending.length < 2) {
            return null;
        }
        long length = pending[1] & 0x7f;
        int at = 2;
        if (length == 126) {
            if (pending.length < 4) {
                return null;
            }
            length = ((pending[2] & 0xffL) << 8) | (pending[3] & 0xffL);
            at = 4;
        } else if (length == 127) {
            if (pending.length < 10) {
                return null;
            }
            length = ByteBuffer.wrap(pending, 2, 8).getLong();
            at = 10;
        }
        if (pending.length < at + length) {
            return null;
        }
        byte[] payload = Arrays.copyOfRange(pending, at, at + (int) length);
        int opcode = pending[0] & 0x0f;
        boolean compressed = (pending[0] & 0x40) != 0;
        drop(at + (int) length);
        return new Seen.Frame(opcode, compressed ? inflated(payload) : payload);
    }

    /** The content of a compressed message. Which messages are compressed is not compared: see docs/decisions.md. */
    private byte[] inflated(byte[] payload) {
        byte[] data = Arrays.copyOf(payload, payload.length + 4);
        data[data.length - 2] = -1;
        data[data.length - 1] = -1;
        inflater.setInput(data);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] part = new byte[4_096];
        try {
            for (int count = inflater.inflate(part); count > 0; count = inflater.inflate(part)) {
                out.write(part, 0, count);
            }
        } catch (DataFormatException e) {
            out.writeBytes("(not compressed correctly)".getBytes(StandardCharsets.US_ASCII));
        }
        return out.toByteArray();
    }

    private Seen.@Nullable Answer answer() {
        String text = new String(pending, StandardCharsets.ISO_8859_1);
        int end = text.indexOf("\r\n\r\n");
        if (end < 0) {
            return null;
        }
        String[] lines = text.substring(0, end).split("\r\n", -1);
        int status = Integer.parseInt(lines[0].split(" ", 3)[1]);
        Map<String, String> headers = new TreeMap<>();
        for (int i = 1; i < lines.length; i++) {
            int colon = lines[i].indexOf(':');
            headers.merge(
                    lines[i].substring(0, colon).toLowerCase(Locale.ROOT),
                    lines[i].substring(colon + 1).strip(),
                    (first, second) -> first + " & " + second);
        }
        int from = end + 4;
        if (status < 200) {
            if (status == 101) {
                methods.poll();
            }
            drop(from);
            webSocket = status == 101;
            if (status == 100) {
                return answer(); // whether it is sent depends on how much of the body has arrived
            }
            return new Seen.Answer(status, headers, new byte[0]);
        }
        boolean none = "HEAD".equals(methods.peek()) || status == 204 || status == 304;
        String length = headers.get("content-length");
        int to;
        byte[] body;
        if (none) {
            to = from;
            body = new byte[0];
        } else if ("chunked".equals(headers.get("transfer-encoding"))) {
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            to = chunks(text, from, all);
            body = all.toByteArray();
        } else if (length != null) {
            to = from + Integer.parseInt(length);
            to = to > pending.length && ended ? pending.length : to;
            body = to > pending.length ? new byte[0] : Arrays.copyOfRange(pending, from, to);
        } else {
            to = ended ? pending.length : Integer.MAX_VALUE;
            body = ended ? Arrays.copyOfRange(pending, from, pending.length) : new byte[0];
        }
        if (to > pending.length) {
            return null;
        }
        methods.poll();
        drop(to);
        return new Seen.Answer(status, headers, body);
    }

    private int chunks(String text, int from, ByteArrayOutputStream out) {
        int at = from;
        while (true) {
            int line = text.indexOf("\r\n", at);
            if (line < 0) {
                return Integer.MAX_VALUE;
            }
            int size = Integer.parseInt(text.substring(at, line).strip(), 16);
            int end = line + 2 + size + 2;
            if (end > text.length()) {
                return Integer.MAX_VALUE;
            }
            if (size == 0) {
                return end;
            }
            out.write(pending, line + 2, size);
            at = end;
        }
    }

    @Override
    public void close() {
        ended = true;
        endSeen = true;
        inflater.end();
        try {
            channel.close();
        } catch (IOException e) {
            // already closed
        }
    }
}
