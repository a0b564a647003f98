package dev.sockeye.engineio.protocol;

import java.nio.charset.StandardCharsets;

/** A packet of the Engine.IO protocol. Official counterpart: {@code Packet} of {@code engine.io-parser}. */
public sealed interface EnginePacket {

    /** Sent by the server first; {@code data} is the handshake as JSON. */
    record Open(String data) implements EnginePacket {}

    /** The end of the session, orderly. */
    record Close() implements EnginePacket {}

    /** Heartbeat, or with data {@code probe} the start of an upgrade. */
    record Ping(String data) implements EnginePacket {}

    /** The answer to a ping, with the same data. */
    record Pong(String data) implements EnginePacket {}

    /** The client's last word of an upgrade: go on with the new transport. */
    record Upgrade() implements EnginePacket {}

    /** Nothing; ends a waiting poll. */
    record Noop() implements EnginePacket {}

    /**
     * Data of the application: text as UTF-8 bytes, or binary. Immutable by agreement: nobody changes the array after it was
     * given here, and the array's identity tells a host that it is the same message for many receivers.
     */
    final class Message implements EnginePacket {
        private final byte[] data;
        private final boolean binary;

        private Message(byte[] data, boolean binary) {
            this.data = data;
            this.binary = binary;
        }

        /** A text message from UTF-8 bytes. */
        public static Message text(byte[] utf8) {
            return new Message(utf8, false);
        }

        /** A text message. */
        public static Message text(String text) {
            return new Message(text.getBytes(StandardCharsets.UTF_8), false);
        }

        /** A binary message. */
        public static Message binary(byte[] data) {
            return new Message(data, true);
        }

        /** The content without any type byte; not to be changed. */
        public byte[] data() {
            return data;
        }

        /** Whether it is binary; else {@link #data()} is UTF-8 text. */
        public boolean isBinary() {
            return binary;
        }

        /** The content as text. */
        public String text() {
            return new String(data, StandardCharsets.UTF_8);
        }

        @Override
        public String toString() {
            return binary ? "Message[" + data.length + " bytes]" : "Message[" + text() + "]";
        }
    }
}
