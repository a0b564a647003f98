package dev.sockeye.socketio.protocol;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Thrown when the peer has sent a malformed Socket.IO packet. The message is the official text; {@link #description()}
 * has details.
 */
public final class DecodeException extends Exception {
    private static final long serialVersionUID = 1L;
    private static final int SHOWN = 48;
    private static final String[] TYPES = {
        "CONNECT", "DISCONNECT", "EVENT", "ACK", "CONNECT_ERROR", "BINARY_EVENT", "BINARY_ACK"
    };

    private final @Nullable String found;

    /** Creates an error with the official text. It has no stack trace, because malformed input is not exceptional. */
    public DecodeException(String message) {
        this(message, null);
    }

    private DecodeException(String message, @Nullable String found) {
        super(message, null, false, false);
        this.found = found;
    }

    /** The official text and, if known, the packet with at most its first 48 bytes. */
    public String description() {
        return found == null ? String.valueOf(getMessage()) : getMessage() + ": " + found;
    }

    /** Returns this error with a description of a text message. */
    DecodeException inText(byte[] buffer, int offset, int length) {
        if (found != null) {
            return this;
        }
        int type = length == 0 ? -1 : buffer[offset] - '0';
        String kind = type >= 0 && type < TYPES.length ? TYPES[type] + " packet" : "text";
        StringBuilder text =
                new StringBuilder(kind).append(" of ").append(length).append(" bytes, \"");
        int shown = Math.min(length, SHOWN);
        String start = new String(buffer, offset, shown, StandardCharsets.UTF_8);
        for (int i = 0; i < start.length(); i++) {
            char c = start.charAt(i);
            if (c < 0x20 || c == 0x7f) {
                text.append(String.format("\\u%04x", (int) c));
            } else {
                text.append(c);
            }
        }
        return new DecodeException(
                String.valueOf(getMessage()),
                text.append(length > shown ? "\"..." : "\"").toString());
    }

    /** Returns this error with a description of a binary message. */
    DecodeException inBinary(byte[] data) {
        if (found != null) {
            return this;
        }
        StringBuilder text = new StringBuilder("binary of ").append(data.length).append(" bytes,");
        int shown = Math.min(data.length, SHOWN / 3);
        for (int i = 0; i < shown; i++) {
            text.append(String.format(" %02x", data[i]));
        }
        return new DecodeException(
                String.valueOf(getMessage()),
                text.append(data.length > shown ? " ..." : "").toString());
    }

    /** With the description, for logs. */
    @Override
    @SuppressWarnings("OverrideThrowableToString") // the message is the official text
    public String toString() {
        return getClass().getName() + ": " + description();
    }
}
