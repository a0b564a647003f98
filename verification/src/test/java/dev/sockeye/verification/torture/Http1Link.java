package dev.sockeye.verification.torture;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Connections of HTTP/1.1 whose bytes are written and read in random parts. */
final class Http1Link implements Link {

    private final InetSocketAddress server;
    private final Random random;
    private final Selector selector = Selector.open();
    private final List<Connection> all = new ArrayList<>();
    private final boolean container;
    private @Nullable Connection followed;

    Http1Link(InetSocketAddress server, Random random, boolean container) throws IOException {
        this.server = server;
        this.random = random;
        this.container = container;
    }

    @Override
    public Call call(String method, String path, byte @Nullable [] body) throws IOException {
        for (Connection each : all) {
            if (each.isIdle() && random.nextInt(10) < 7) {
                return each.request(method, path, body);
            }
        }
        return new Connection().request(method, path, body);
    }

    /** Tomcat misreads what follows a chunked body: see {@code docs/decisions.md}. */
    @Override
    public boolean follows(Call behind) {
        for (Connection each : all) {
            if (each.calls.peekLast() == behind && each.reading && !each.left && !(container && each.chunks)) {
                followed = each;
                return true;
            }
        }
        return false;
    }

    @Override
    public Call pipelined(String method, String path, byte @Nullable [] body) {
        return followed.request(method, path, body);
    }

    @Override
    public Duplex open(String path) throws IOException {
        Connection connection = new Connection();
        Socket socket = new Socket(connection);
        connection.socket = socket;
        connection.out.writeBytes(Frames.upgradeRequest(path));
        return socket;
    }

    private final class Socket extends Duplex.WebSocket {
        private final Connection connection;

        Socket(Connection connection) {
            super(random);
            this.connection = connection;
        }

        @Override
        void write(byte[] bytes) {
            connection.out.writeBytes(bytes);
        }

        @Override
        void leave(Leave how) throws IOException {
            connection.leave(how);
        }
    }

    @Override
    public boolean step() throws IOException {
        boolean progress = false;
        for (Connection each : List.copyOf(all)) {
            if (random.nextInt(4) > 0) {
                progress |= each.step();
            }
        }
        return progress;
    }

    @Override
    public void await() throws IOException {
        for (Connection each : all) {
            each.key.interestOps((each.reading ? SelectionKey.OP_READ : 0)
                    | (!each.left && each.written < each.out.size() ? SelectionKey.OP_WRITE : 0));
        }
        selector.select(3);
        selector.selectedKeys().clear();
    }

    @Override
    public void leave(Leave how) throws IOException {
        for (Connection each : List.copyOf(all)) {
            each.leave(how);
        }
    }

    @Override
    public void close() throws IOException {
        for (Connection each : List.copyOf(all)) {
            each.end();
        }
        selector.close();
    }

    private static final class Bytes extends ByteArrayOutputStream {
        byte[] array() {
            return buf;
        }
    }

    private final class Connection {
        final SocketChannel channel = SocketChannel.open();
        final SelectionKey key;
        final ArrayDeque<Call> calls = new ArrayDeque<>();
        final Bytes out = new Bytes();
        private final ByteArrayOutputStream in = new ByteArrayOutputStream();
        private final int largest;
        int written;
        boolean reading = true;
        boolean left;
        boolean chunks; // is the body of the last request

        @Nullable
        Socket socket;

        Connection() throws IOException {
            if (random.nextInt(4) == 0) {
                channel.setOption(StandardSocketOptions.SO_RCVBUF, 4096);
            }
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.connect(server);
            channel.configureBlocking(false);
            key = channel.register(selector, 0);
            largest = new int[] {3, 40, 1000, 100_000, 100_000}[random.nextInt(5)];
            all.add(this);
        }

        boolean isIdle() {
            return calls.isEmpty() && socket == null && reading && !left && written == out.size();
        }

        Call request(String method, String path, byte @Nullable [] body) {
            StringBuilder head = new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n");
            boolean chunked = body != null && random.nextInt(3) == 0;
            chunks = chunked;
            if (body != null) {
                head.append("Content-Type: text/plain;charset=UTF-8\r\n");
                head.append(chunked ? "Transfer-Encoding: chunked\r\n" : "Content-Length: " + body.length + "\r\n");
            }
            out.writeBytes(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
            if (chunked) {
                for (int from = 0; from < body.length; ) {
                    int n = Math.min(body.length - from, 1 + random.nextInt(1 + body.length / 2));
                    out.writeBytes((Integer.toHexString(n) + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
                    out.write(body, from, n);
                    out.writeBytes(new byte[] {'\r', '\n'});
                    from += n;
                }
                out.writeBytes("0\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
            } else if (body != null) {
                out.writeBytes(body);
            }
            Call call = new Call(method + " " + path + (body == null ? "" : " of " + body.length));
            calls.add(call);
            return call;
        }

        boolean step() throws IOException {
            boolean progress = false;
            if (!left && written < out.size() && random.nextInt(3) > 0) {
                int more = out.size() - written;
                int n = Math.min(more, (more > 5000 ? 500 : 1) + random.nextInt(largest));
                try {
                    int done = channel.write(ByteBuffer.wrap(out.array(), written, n));
                    written += done;
                    progress = done > 0;
                } catch (IOException e) {
                    left = true; // the server has closed; the answer may still be there
                }
                if (written > 100_000 && written == out.size()) {
                    out.reset();
                    written = 0;
                }
            }
            if (reading && random.nextInt(3) > 0) {
                ByteBuffer buffer =
                        ByteBuffer.allocate(1 + random.nextInt(in.size() < 5000 && random.nextBoolean() ? 200 : 65536));
                try {
                    int n = channel.read(buffer);
                    progress |= n != 0;
                    if (n < 0) {
                        end();
                    } else if (n > 0) {
                        received(Arrays.copyOf(buffer.array(), n));
                    }
                } catch (IOException e) {
                    end();
                }
            }
            return progress;
        }

        private void received(byte[] bytes) throws IOException {
            Socket upgraded = socket;
            if (upgraded != null && upgraded.open) {
                upgraded.bytes(bytes);
                return;
            }
            in.writeBytes(bytes);
            while (answer()) {
                // and the next one
            }
        }

        /** Parses an answer; returns false if it is not complete, or there is no other. */
        private boolean answer() throws IOException {
            byte[] all = in.toByteArray();
            String text = new String(all, StandardCharsets.ISO_8859_1);
            int end = text.indexOf("\r\n\r\n");
            if (end < 0) {
                return false;
            }
            int status = Integer.parseInt(text.substring(9, 12));
            String head = text.substring(0, end).toLowerCase(Locale.ROOT) + "\r\n";
            int at = end + 4;
            Socket asked = socket;
            if (asked != null && status == 101) {
                asked.open = true;
                in.reset();
                asked.bytes(Arrays.copyOfRange(all, at, all.length));
                return false;
            }
            byte[] body;
            if (head.contains("\r\ntransfer-encoding: chunked\r\n")) {
                ByteArrayOutputStream chunks = new ByteArrayOutputStream();
                while (true) {
                    int line = text.indexOf("\r\n", at);
                    int size = line < 0 ? -1 : Integer.parseInt(text.substring(at, line), 16);
                    if (size < 0 || text.length() < line + size + 4) {
                        return false;
                    }
                    chunks.write(all, line + 2, size);
                    at = line + size + 4;
                    if (size == 0) {
                        break;
                    }
                }
                body = chunks.toByteArray();
            } else {
                int length = head.indexOf("\r\ncontent-length:");
                int size = length < 0
                        ? 0
                        : Integer.parseInt(head.substring(length + 17, head.indexOf("\r\n", length + 2))
                                .strip());
                if (all.length < at + size) {
                    return false;
                }
                body = Arrays.copyOfRange(all, at, at + size);
                at += size;
            }
            in.reset();
            in.write(all, at, all.length - at);
            if (asked != null) {
                asked.refused = status;
                end();
                return false;
            }
            Call call = calls.poll();
            if (call == null) {
                throw new AssertionError("an answer that was not asked for: " + text);
            }
            call.status = status;
            call.body = body;
            call.done = true;
            if (head.contains("\r\nconnection: close\r\n")) {
                left = true;
            }
            return true;
        }

        void leave(Leave how) throws IOException {
            left = true;
            if (!channel.isOpen()) {
                return;
            }
            if (how == Leave.HALF_CLOSE) {
                try {
                    channel.shutdownOutput();
                } catch (IOException e) {
                    end();
                }
                return;
            }
            if (how == Leave.RESET) {
                channel.setOption(StandardSocketOptions.SO_LINGER, 0);
            }
            end();
        }

        void end() throws IOException {
            reading = false;
            left = true;
            all.remove(this);
            channel.close();
            for (Call each : calls) {
                each.lost = true;
            }
            if (socket != null) {
                socket.ended = true;
            }
        }
    }
}
