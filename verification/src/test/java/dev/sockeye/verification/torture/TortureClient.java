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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** Sends the bytes of a {@link TortureScript} in random parts, and reads in random parts, on one thread. */
final class TortureClient {

    private static final long TIMEOUT = Long.getLong("torture.timeout", 60) * 1_000_000_000L;

    private final TortureScript script;
    private final Random random;
    private final byte[] all;
    private final int head;
    private final int largest;
    private final double writeOften;
    private final double readOften;
    private int written;
    private boolean finished; // the end of the script was executed
    private boolean leaves; // the server has sent a close frame after a violation, and may wait for the client
    private boolean ended; // the server's side has ended
    boolean broken; // by a reset
    private boolean upgraded;
    private final ByteArrayOutputStream unparsed = new ByteArrayOutputStream();
    private final Inflater inflater = new Inflater(true);
    private final ByteArrayOutputStream parts = new ByteArrayOutputStream();
    private int partsOf; // the first byte of a message that was received in part
    private final int allowed;
    private final boolean container;
    boolean fragments; // were received
    final List<String> frames = new ArrayList<>();
    final List<String> pongs = new ArrayList<>();
    int directs;
    final List<String> wrong = new ArrayList<>();

    TortureClient(TortureScript script, String path, boolean container) {
        this.script = script;
        this.container = container;
        random = script.random;
        allowed = script.deflate ? 0x30 : 0x70;
        byte[] request = Frames.upgradeRequest(
                path, script.deflate ? new String[] {"Sec-WebSocket-Extensions: permessage-deflate"} : new String[0]);
        head = request.length;
        all = Arrays.copyOf(request, head + script.bytes.length);
        System.arraycopy(script.bytes, 0, all, head, script.bytes.length);
        largest = switch (random.nextInt(5)) {
            case 0 -> all.length < 3000 ? 1 : 500;
            case 1 -> 20;
            case 2 -> 2000;
            default -> all.length;
        };
        writeOften = 0.1 + random.nextDouble();
        readOften = random.nextInt(3) == 0 ? 0.02 : 0.1 + random.nextDouble();
    }

    void run(InetSocketAddress address) throws IOException {
        try (SocketChannel channel = SocketChannel.open();
                Selector selector = Selector.open()) {
            if (random.nextInt(3) == 0) {
                channel.setOption(StandardSocketOptions.SO_RCVBUF, 4096);
            }
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.connect(address);
            channel.configureBlocking(false);
            SelectionKey key = channel.register(selector, 0);
            boolean early = random.nextBoolean(); // frames before the 101 response
            long start = System.nanoTime();
            while (!ended) {
                boolean progress = false;
                int limit = limit(early);
                if (written < limit && random.nextDouble() < writeOften) {
                    progress = write(channel, limit);
                } else if (written == all.length && !finished) {
                    progress = true;
                    if (finish(channel)) {
                        return;
                    }
                }
                if (leaves) {
                    leaves = false;
                    written = all.length;
                    finished = true;
                    halfClose(channel);
                }
                if (!progress || random.nextDouble() < readOften) {
                    progress |= read(channel);
                }
                if (!progress) {
                    key.interestOps(SelectionKey.OP_READ | (written < limit(early) ? SelectionKey.OP_WRITE : 0));
                    selector.select(100);
                    selector.selectedKeys().clear();
                    if (System.nanoTime() - start > TIMEOUT) {
                        wrong.add("no end after " + written + " of " + all.length + " bytes and " + frames.size()
                                + " frames");
                        return;
                    }
                }
            }
        } finally {
            inflater.end();
        }
    }

    private int limit(boolean early) {
        if (!upgraded && !early) {
            return head;
        }
        for (int[] barrier : script.barriers) {
            if (frames.size() + directs < barrier[1]) {
                return Math.max(written, Math.min(all.length, head + barrier[0]));
            }
        }
        return all.length;
    }

    private boolean write(SocketChannel channel, int limit) {
        int n = written == 0 && random.nextBoolean()
                ? Math.min(limit, head + random.nextInt(limit - head + 1))
                : Math.min(limit - written, 1 + random.nextInt(largest));
        try {
            int done = channel.write(ByteBuffer.wrap(all, written, n));
            written += done;
            return done > 0;
        } catch (IOException e) { // the server has ended
            written = all.length;
            finished = true;
            return true;
        }
    }

    private static void halfClose(SocketChannel channel) {
        try {
            channel.shutdownOutput();
        } catch (IOException e) {
            // by the server, which has closed
        }
    }

    /** Returns true when this side is closed. */
    private boolean finish(SocketChannel channel) throws IOException {
        finished = true;
        switch (script.end) {
            case HALF_CLOSE -> halfClose(channel);
            case RESET -> {
                channel.setOption(StandardSocketOptions.SO_LINGER, 0);
                return true;
            }
            case VANISH -> {
                return true;
            }
            default -> {
                // the server closes
            }
        }
        return false;
    }

    private boolean read(SocketChannel channel) {
        ByteBuffer buffer = ByteBuffer.allocate(1 + random.nextInt(random.nextBoolean() ? 3000 : 65536));
        try {
            int n = channel.read(buffer);
            if (n < 0) {
                ended = true;
            } else if (n > 0) {
                unparsed.write(buffer.array(), 0, n);
                parse();
            }
            return n != 0;
        } catch (IOException e) {
            ended = true;
            broken = true;
            return true;
        }
    }

    private void parse() {
        byte[] in = unparsed.toByteArray();
        int at = 0;
        if (!upgraded) {
            int end = new String(in, StandardCharsets.ISO_8859_1).indexOf("\r\n\r\n");
            if (end < 0) {
                return;
            }
            String response = new String(in, 0, end, StandardCharsets.ISO_8859_1);
            if (!response.startsWith("HTTP/1.1 101") || response.contains("Extensions") != script.deflate) {
                wrong.add(response);
            }
            upgraded = true;
            at = end + 4;
        }
        while (in.length - at >= 2) {
            ByteBuffer buffer = ByteBuffer.wrap(in, at, in.length - at);
            int first = buffer.get() & 0xff;
            int length = buffer.get() & 0xff;
            int more = length == 126 ? 2 : length == 127 ? 8 : 0;
            if (buffer.remaining() < more) {
                break;
            }
            length = length == 126 ? buffer.getShort() & 0xffff : length == 127 ? (int) buffer.getLong() : length;
            if (buffer.remaining() < length) {
                break;
            }
            byte[] payload = new byte[length];
            buffer.get(payload);
            at = buffer.position();
            frame(first, payload);
        }
        unparsed.reset();
        unparsed.write(in, at, in.length - at);
    }

    private void frame(int first, byte[] payload) {
        int opcode = first & 0xf;
        if (opcode >= 8) {
            if ((first & 0xf0) != 0x80) {
                wrong.add("first byte " + first);
            }
            complete(opcode, payload);
            return;
        }
        if (opcode == 0 ? partsOf == 0 || (first & 0x70) != 0 : partsOf != 0 || (first & 0x70 & allowed) != 0) {
            wrong.add("first byte " + first + " in a message of " + partsOf);
        }
        if (opcode != 0) {
            partsOf = first;
        }
        parts.writeBytes(payload);
        if ((first & 0x80) != 0) {
            byte[] whole = parts.toByteArray();
            int began = partsOf;
            parts.reset();
            partsOf = 0;
            fragments |= opcode == 0;
            complete(began & 0xf, (began & 0x40) == 0 ? whole : inflate(whole));
        }
    }

    private void complete(int opcode, byte[] payload) {
        if (opcode == 10) {
            pongs.add(TortureScript.key(opcode, payload));
        } else if (opcode == 1 && payload.length > 0 && payload[0] == 'D') {
            String text = new String(payload, StandardCharsets.US_ASCII);
            int number = Integer.parseInt(text.substring(1, text.indexOf(';')));
            if (number != directs++) {
                wrong.add("direct message " + number + " is number " + directs);
            }
        } else {
            frames.add(TortureScript.key(opcode, payload));
            leaves |= opcode == 8 && container && script.end == TortureScript.End.VIOLATION;
        }
    }

    private byte[] inflate(byte[] data) {
        byte[] input = Arrays.copyOf(data, data.length + 4);
        input[data.length + 2] = (byte) 0xff;
        input[data.length + 3] = (byte) 0xff;
        inflater.setInput(input);
        ByteArrayOutputStream result = new ByteArrayOutputStream();
        byte[] part = new byte[8192];
        try {
            for (int n = inflater.inflate(part); n > 0; n = inflater.inflate(part)) {
                result.write(part, 0, n);
            }
        } catch (DataFormatException e) {
            wrong.add("inflate: " + e.getMessage());
        }
        return result.toByteArray();
    }
}
