package dev.sockeye.verification.torture;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** A client's end of a message connection. */
abstract class Duplex {

    /** A message. */
    record Message(boolean binary, byte[] data) {}

    final Queue<Message> received = new ArrayDeque<>();
    /** The host has accepted it. */
    boolean open;
    /** The status of a refusal. */
    int refused;
    /** The server's side has ended, or both. */
    boolean ended;
    /** The code of the server's close frame. */
    @Nullable
    Integer closeCode;

    abstract void send(boolean binary, byte[] data) throws IOException;

    /** Ends it as the protocol says. */
    abstract void sendClose(int code) throws IOException;

    abstract void leave(Link.Leave how) throws IOException;

    /** The frames of a WebSocket on some bytes. */
    abstract static class WebSocket extends Duplex {
        private final Random random;
        private final ByteArrayOutputStream unparsed = new ByteArrayOutputStream();
        private final ByteArrayOutputStream parts = new ByteArrayOutputStream();
        private int partsOf;
        private boolean closeSent;

        WebSocket(Random random) {
            this.random = random;
        }

        abstract void write(byte[] bytes) throws IOException;

        private void frame(int first, byte[] payload) throws IOException {
            write(Frames.masked(first, payload, random.nextInt()));
        }

        @Override
        void send(boolean binary, byte[] data) throws IOException {
            int count = random.nextInt(3) > 0 ? 1 : 1 + random.nextInt(5);
            int from = 0;
            for (int i = 0; i < count; i++) {
                boolean last = i == count - 1;
                int to = last ? data.length : from + random.nextInt(data.length - from + 1);
                frame((i > 0 ? 0 : binary ? 2 : 1) | (last ? 0x80 : 0), Arrays.copyOfRange(data, from, to));
                from = to;
                if (!last && random.nextInt(4) == 0) {
                    frame(0x89, new byte[random.nextInt(126)]);
                }
            }
        }

        @Override
        void sendClose(int code) throws IOException {
            if (!closeSent) {
                closeSent = true;
                frame(0x88, code == 1005 ? new byte[0] : new byte[] {(byte) (code >> 8), (byte) code});
            }
        }

        final void bytes(byte[] some) throws IOException {
            unparsed.writeBytes(some);
            byte[] in = unparsed.toByteArray();
            int at = 0;
            while (in.length - at >= 2) {
                int length = in[at + 1] & 0xff;
                int head = length == 126 ? 4 : length == 127 ? 10 : 2;
                if (in.length - at < head) {
                    break;
                }
                if (head > 2) {
                    length = 0;
                    for (int i = 2; i < head; i++) {
                        length = length << 8 | (in[at + i] & 0xff);
                    }
                }
                if (in.length - at - head < length) {
                    break;
                }
                frameReceived(in[at] & 0xff, Arrays.copyOfRange(in, at + head, at + head + length));
                at += head + length;
            }
            unparsed.reset();
            unparsed.write(in, at, in.length - at);
        }

        private void frameReceived(int first, byte[] payload) throws IOException {
            int opcode = first & 15;
            if ((first & 0x70) != 0 || closeCode != null || (opcode < 8 && (opcode == 0) != (partsOf != 0))) {
                throw new AssertionError("frame " + first + " after " + partsOf + ", closed with " + closeCode);
            }
            if (opcode == 8) {
                closeCode = payload.length == 0 ? 1005 : (payload[0] & 0xff) << 8 | (payload[1] & 0xff);
                sendClose(closeCode);
            } else if (opcode < 8) {
                partsOf = opcode == 0 ? partsOf : first;
                parts.writeBytes(payload);
                if ((first & 0x80) != 0) {
                    received.add(new Message((partsOf & 15) == 2, parts.toByteArray()));
                    parts.reset();
                    partsOf = 0;
                }
            }
        }
    }
}
