package dev.sockeye.verification.differential;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One action of a client. Connection names are local to the scenario. Targets, texts and bodies may contain {@code {sid:NAME}},
 * {@code {pid:NAME}} and {@code {offset:NAME}}, the values that the connection with that name has received.
 */
sealed interface Step {

    /** The connection on which it is performed. */
    String connection();

    /** An HTTP request, on a new connection or on one that is still open. */
    record Http(String connection, String method, String target, List<String> headers, byte @Nullable [] body)
            implements Step {
        @Override
        public String toString() {
            return connection + ": " + method + " " + target + " " + headers + (body == null ? "" : " " + shown(body));
        }
    }

    /** The opening request of a WebSocket. */
    record Upgrade(String connection, String target, List<String> headers) implements Step {
        @Override
        public String toString() {
            return connection + ": upgrade " + target + " " + headers;
        }
    }

    /** WebSocket frames that are written together. */
    record Frames(String connection, List<Frame> frames) implements Step {
        @Override
        public String toString() {
            return connection + ": " + frames.stream().map(Frame::toString).collect(Collectors.joining(" | "));
        }
    }

    /**
     * Bytes that are sent as they are, with {@code {run}} for the name of the run.
     *
     * @param methods the methods of the requests in it, because the form of a response depends on it
     */
    record Raw(String connection, List<String> methods, byte[] bytes) implements Step {
        @Override
        public String toString() {
            return connection + ": raw " + new String(bytes, StandardCharsets.ISO_8859_1).replace("\r\n", " | ");
        }
    }

    /** Time that passes. */
    record Wait(String connection, int millis) implements Step {
        Wait(int millis) {
            this("", millis);
        }

        @Override
        public String toString() {
            return "wait " + millis;
        }
    }

    /** Closes the TCP connection. */
    record Cut(String connection) implements Step {}

    /** A masked frame: the low byte of the opcode is its first byte without the final bit, above it the flag {@link #PART}. */
    record Frame(int opcode, byte[] payload) {
        private static final int PART = 0x100;

        /** A frame that is not the last one of its message. */
        static Frame part(int opcode, String text) {
            return part(opcode, text.getBytes(StandardCharsets.UTF_8));
        }

        static Frame part(int opcode, byte[] data) {
            return new Frame(opcode | PART, data);
        }

        /** The first byte on the wire. */
        int first() {
            return (opcode & PART) != 0 ? opcode & 0x7f : 0x80 | opcode;
        }

        static Frame text(String text) {
            return new Frame(1, text.getBytes(StandardCharsets.UTF_8));
        }

        static Frame binary(byte[] data) {
            return new Frame(2, data);
        }

        @Override
        public String toString() {
            return switch (opcode) {
                        case 1 -> "text ";
                        case 2 -> "binary ";
                        case 8 -> "close ";
                        default -> "opcode " + opcode + " ";
                    }
                    + shown(payload);
        }
    }

    /** The data as printable text, or as bytes. */
    static String shown(byte[] data) {
        String text = new String(data, StandardCharsets.UTF_8);
        boolean printable = text.codePoints().allMatch(c -> (c >= 0x20 && c != 0xfffd && c != 0x7f) || c == 0x1e);
        String all =
                printable ? text.replace('\u001e', '␞') : "0x" + HexFormat.of().formatHex(data);
        return all.length() <= 400 ? all : all.substring(0, 400) + "... (" + all.length() + ")";
    }
}
