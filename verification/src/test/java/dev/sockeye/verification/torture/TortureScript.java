package dev.sockeye.verification.torture;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import org.jspecify.annotations.Nullable;

/**
 * What one client sends to a {@link TortureServer}, made from a seed, and what both sides must see then. The messages are commands; see
 * {@link TortureServer}.
 */
final class TortureScript {

    /** The largest message that the server accepts. */
    static final int MAX = 300_000;

    /** How the connection ends. */
    enum End {
        /** The client sends a close frame and waits. */
        CLOSE,
        /** As {@link #CLOSE}, with bytes behind the close frame. */
        CLOSE_AND_MORE,
        /** The client violates the protocol, and may go on sending. */
        VIOLATION,
        /** The server closes, the client answers. */
        SERVER_CLOSE,
        /** The server aborts. */
        SERVER_ABORT,
        /** The client ends its side, perhaps in the middle of a frame. */
        HALF_CLOSE,
        /** The client closes its socket, perhaps in the middle of a frame. */
        VANISH,
        /** The client resets the connection. */
        RESET
    }

    private static final int[] CODES = {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1014, 3000, 4999};

    final Random random;
    final End end;
    final boolean deflate;
    private final @Nullable Deflater deflater;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    /** The frames that the server sends, in their order, except pongs and direct writes. */
    final List<String> answers = new ArrayList<>();
    /** The payloads of pings. */
    final List<String> pings = new ArrayList<>();
    /** The messages that the server receives. */
    int messages;

    final CRC32 received = new CRC32();
    int directs;
    /** Before which byte the client waits for how many frames, without pongs. */
    final List<int[]> barriers = new ArrayList<>();
    /** Of {@code onClose}. */
    int closeCode = 1006;
    /** With which the server closes. */
    int serverCode;
    /** The bytes of the messages and of the end. */
    byte[] bytes = {};

    TortureScript(long seed) {
        random = new Random(seed * 0x9E3779B97F4A7C15L + 17);
        for (int i = 0; i < 5; i++) {
            random.nextInt();
        }
        deflate = random.nextInt(3) == 0;
        deflater = deflate ? new Deflater(1, true) : null;
        end = End.values()[random.nextInt(End.values().length)];
        try {
            write();
        } finally {
            if (deflater != null) {
                deflater.end();
            }
        }
    }

    /** Other messages than commands: text, or binary if it is a {@code byte[]}. */
    TortureScript(long seed, End end, List<Object> texts) {
        random = new Random(seed);
        deflate = false;
        deflater = null;
        this.end = end;
        for (Object message : texts) {
            send(
                    message instanceof byte[] ? 2 : 1,
                    message instanceof byte[] binary
                            ? binary
                            : message.toString().getBytes(StandardCharsets.UTF_8));
        }
        if (end == End.CLOSE) {
            close();
        }
        bytes = out.toByteArray();
        if (random.nextBoolean() && end != End.CLOSE) {
            bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
        }
    }

    static String key(int opcode, byte[] payload) {
        CRC32 crc = new CRC32();
        crc.update(payload);
        return opcode + " " + payload.length + " " + crc.getValue();
    }

    private void write() {
        int count = random.nextInt(random.nextInt(8) == 0 ? 60 : 8);
        int budget = random.nextInt(20) == 0 ? 2_000_000 : 150_000;
        for (int i = 0; i < count && out.size() < budget; i++) {
            step();
        }
        if (directs > 0) { // they are written by another thread
            barrier();
        }
        int whole = out.size();
        switch (end) {
            case CLOSE -> close();
            case CLOSE_AND_MORE -> {
                close();
                garbage();
            }
            case VIOLATION -> violation();
            case SERVER_CLOSE -> {
                int code = CODES[random.nextInt(CODES.length)];
                serverCode = code;
                message("c" + code + ";");
                answers.add(key(8, new byte[] {(byte) (code >> 8), (byte) code, 'b', 'y', 'e'}));
                if (random.nextBoolean()) { // ignored
                    frame(0x81, "elate".getBytes(StandardCharsets.US_ASCII));
                }
                barrier();
                byte[] answer = code(CODES[random.nextInt(CODES.length)], "");
                closeCode = ((answer[0] & 0xff) << 8) | (answer[1] & 0xff);
                frame(0x88, answer);
            }
            case SERVER_ABORT -> {
                message("a");
                garbage();
            }
            default -> {
                if (random.nextBoolean()) {
                    step();
                }
            }
        }
        bytes = out.toByteArray();
        if (end.compareTo(End.HALF_CLOSE) >= 0 && random.nextBoolean() && bytes.length > whole) {
            bytes = Arrays.copyOf(bytes, whole + random.nextInt(bytes.length - whole));
        }
    }

    private void barrier() {
        barriers.add(new int[] {out.size(), answers.size() + directs});
    }

    private void step() {
        switch (random.nextInt(16)) {
            case 0 -> ping();
            case 1 -> frame(0x8a, bytes(random.nextInt(126))); // a pong
            case 2 -> burst('b');
            case 3 -> burst('r');
            case 4 -> message("p" + random.nextInt(3000) + ";");
            case 5 -> {
                int n = 1 + random.nextInt(5);
                int size = random.nextInt(random.nextInt(4) == 0 ? 9_000 : 1_000);
                message("d" + n + "," + size + "," + directs + ";");
                directs += n;
            }
            case 6 -> {
                if (random.nextInt(3) == 0) {
                    barrier();
                }
            }
            default -> message("e" + (random.nextBoolean() ? "ä€\uD83D\uDE00" : ""));
        }
    }

    private void burst(char kind) {
        int n = 1 + random.nextInt(random.nextInt(5) == 0 ? 100 : 5);
        int size = random.nextInt(
                switch (random.nextInt(4)) {
                    case 0 -> 100_000 / n;
                    case 1 -> 9_000;
                    default -> 200;
                });
        message(kind + "" + n + "," + size + ";");
        for (int i = 0; i < n; i++) {
            answers.add(key(2, TortureServer.burst(size, kind == 'b' ? i : 0)));
        }
    }

    private byte[] bytes(int length) {
        byte[] all = new byte[length];
        random.nextBytes(all);
        return all;
    }

    private void ping() {
        byte[] payload = bytes(random.nextInt(126));
        pings.add(key(10, payload));
        frame(0x89, payload);
    }

    /** A message that begins with a command. */
    private void message(String command) {
        boolean binary = random.nextBoolean();
        byte[] head = command.getBytes(StandardCharsets.UTF_8);
        int more = switch (random.nextInt(8)) {
            case 0 -> random.nextInt(random.nextInt(10) == 0 ? MAX - 100 : 40_000);
            case 1, 2 -> random.nextInt(3_000);
            default -> random.nextInt(130);
        };
        byte[] payload = Arrays.copyOf(head, head.length + more);
        for (int i = head.length; i < payload.length; i++) {
            payload[i] = (byte) (binary ? random.nextInt(256) : 32 + random.nextInt(90));
        }
        messages++;
        received.update(binary ? 2 : 1);
        received.update(payload);
        if (command.startsWith("e")) {
            answers.add(key(binary ? 2 : 1, payload));
        }
        send(binary ? 2 : 1, payload);
    }

    private void send(int opcode, byte[] message) {
        byte[] payload = message;
        int first = opcode;
        if (deflater != null && random.nextInt(3) > 0) {
            payload = compressed(message);
            first |= 0x40;
        }
        int parts = random.nextInt(3) > 0 ? 1 : 1 + random.nextInt(6);
        int from = 0;
        for (int i = 0; i < parts; i++) {
            boolean last = i == parts - 1;
            int to = last ? payload.length : from + random.nextInt(payload.length - from + 1);
            frame((i == 0 ? first : 0) | (last ? 0x80 : 0), Arrays.copyOfRange(payload, from, to));
            from = to;
            if (!last && random.nextInt(3) == 0) {
                ping();
            }
        }
    }

    private byte[] compressed(byte[] message) {
        Deflater d = deflater;
        byte[] result = new byte[message.length + message.length / 8 + 200];
        d.setInput(message);
        int n = d.deflate(result, 0, result.length, Deflater.SYNC_FLUSH);
        return Arrays.copyOf(result, n - 4);
    }

    private void frame(int first, byte[] payload) {
        out.writeBytes(Frames.masked(first, payload, random.nextInt(10) == 0 ? 0 : random.nextInt()));
    }

    private static byte[] code(int code, String reason) {
        byte[] text = reason.getBytes(StandardCharsets.UTF_8);
        byte[] payload = Arrays.copyOf(new byte[] {(byte) (code >> 8), (byte) code}, text.length + 2);
        System.arraycopy(text, 0, payload, 2, text.length);
        return payload;
    }

    private void close() {
        byte[] payload = {};
        closeCode = 1005;
        if (random.nextInt(4) > 0) {
            closeCode = CODES[random.nextInt(CODES.length)];
            payload = code(closeCode, "ä".repeat(random.nextInt(61)));
        }
        answers.add(key(8, payload));
        frame(0x88, payload);
    }

    private void garbage() {
        out.writeBytes(bytes(random.nextInt(random.nextBoolean() ? 100 : 100_000)));
    }

    private void violation() {
        closeCode = 1002;
        switch (random.nextInt(14)) {
            case 0 -> out.writeBytes(new byte[] {(byte) 0x81, 1, 'e'}); // no mask
            case 1 -> frame(0x91, bytes(3));
            case 2 -> frame(0xa2, bytes(3));
            case 3 -> frame(deflate ? 0xc9 : 0xc1, bytes(3));
            case 4 -> frame(0x80 | new int[] {3, 7, 11, 15}[random.nextInt(4)], bytes(random.nextInt(10)));
            case 5 -> frame(0x09, bytes(3));
            case 6 -> frame(0x80, bytes(3));
            case 7 -> {
                frame(0x01, new byte[] {'e'});
                frame(0x81, new byte[] {'e'});
            }
            case 8 -> frame(0x89, bytes(126 + random.nextInt(1000)));
            case 9 -> frame(0x88, bytes(1));
            case 10 -> frame(0x88, code(new int[] {0, 999, 1004, 1005, 1006, 1015, 2999, 5000}[random.nextInt(8)], ""));
            case 11 -> {
                closeCode = 1009;
                int first = random.nextInt(1000);
                frame(0x02, bytes(first));
                out.writeBytes(Arrays.copyOf(Frames.masked(0x80, new byte[MAX + 1 - first], 1), 14 + first));
            }
            case 12 -> {
                closeCode = 1007;
                byte[] all = "e€€€€€".getBytes(StandardCharsets.UTF_8);
                int cut = 1 + random.nextInt(all.length - 1);
                all[all.length - 1] = 'x';
                frame(0x01, Arrays.copyOf(all, cut));
                frame(0x80, Arrays.copyOfRange(all, cut, all.length));
            }
            default -> {
                closeCode = 1007;
                frame(0x88, new byte[] {3, (byte) 0xe8, 'x', (byte) 0xff});
            }
        }
        answers.add(key(8, code(closeCode, "")));
        if (random.nextBoolean()) {
            garbage();
        }
    }

    @Override
    public String toString() {
        return end + " " + closeCode + (deflate ? " deflate" : "") + ", " + bytes.length + " bytes, " + messages
                + " messages, " + answers.size() + " answers, " + directs + " directs, " + pings.size() + " pings";
    }
}
