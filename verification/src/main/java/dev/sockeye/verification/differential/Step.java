package dev.sockeye.verification.differential;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One thing that a client does. Names of connections are the scenario's own. Targets, texts and bodies may hold {@code
 * {sid:NAME}}, {@code {pid:NAME}} and {@code {offset:NAME}}: what the connection of that name was told.
 */
sealed interface Step {

    /** The connection that it happens on. */
    String connection();

    /** An HTTP request, on a connection of its own or on one that is still open. */
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

    /** WebSocket frames, written together. */
    record Frames(String connection, List<Frame> frames) implements Step {
        @Override
        public String toString() {
            return connection + ": " + frames.stream().map(Frame::toString).collect(Collectors.joining(" | "));
        }
    }

    /** The end of the TCP connection. */
    record Cut(String connection) implements Step {}

    /** A masked frame. */
    record Frame(int opcode, byte[] payload) {
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

    /** Printable text, or the bytes. */
    static String shown(byte[] data) {
        String text = new String(data, StandardCharsets.UTF_8);
        boolean printable = text.codePoints().allMatch(c -> (c >= 0x20 && c != 0xfffd && c != 0x7f) || c == 0x1e);
        String all =
                printable ? text.replace('\u001e', '␞') : "0x" + HexFormat.of().formatHex(data);
        return all.length() <= 400 ? all : all.substring(0, 400) + "... (" + all.length() + ")";
    }
}
