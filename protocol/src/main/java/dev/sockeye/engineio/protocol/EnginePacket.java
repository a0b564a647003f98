package dev.sockeye.engineio.protocol;

import java.nio.charset.StandardCharsets;

/** A packet of the Engine.IO protocol. Official counterpart: {@code Packet} of {@code engine.io-parser}. */
public sealed interface EnginePacket {

    /** The first packet of the server; {@code data} is the handshake as JSON. */
    record Open(String data) implements EnginePacket {}

    /** Closes the session. */
    record Close() implements EnginePacket {}

    /** A heartbeat; or the start of an upgrade, if the data is {@code probe}. */
    record Ping(String data) implements EnginePacket {}

    /** The answer to a ping, with the same data. */
    record Pong(String data) implements EnginePacket {}

    /** Sent by the client to complete an upgrade: the session continues on the new transport. */
    record Upgrade() implements EnginePacket {}

    /** Has no content; ends a pending poll. */
    record Noop() implements EnginePacket {}

    /**
     * Data of the application: text as UTF-8 bytes, or binary. The array must not be modified afterwards. Hosts use the
     * identity of the array to recognize the same message for many receivers.
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

        /** The content without a type byte; must not be modified. */
        public byte[] data() {
            return data;
        }

        /** Whether the message is binary; if not, {@link #data()} is UTF-8 text. */
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
