package dev.sockeye.socketio.protocol;

import org.jspecify.annotations.Nullable;

/**
 * Encodes and decodes Socket.IO packets. Server and clients must use the same parser. Official counterpart: the {@code
 * parser} option. {@link JsonParser} is the default, {@link MsgpackParser} is compatible with npm {@code
 * socket.io-msgpack-parser}.
 */
public interface Parser {

    /**
     * Encodes a packet. Thread-safe.
     *
     * @throws BindingException if an argument cannot be encoded
     */
    EncodedPacket encode(SocketPacket packet);

    /** Creates a decoder for one connection. */
    Decoder newDecoder();

    /**
     * Assembles incoming messages to packets. Used by one thread at a time; keeps the state of an incomplete packet.
     * Messages are passed in the order in which they were received. After a {@link DecodeException}, and when the
     * connection ends, only {@link #reset} is called; it may be called more than once.
     */
    interface Decoder {

        /**
         * Decodes a text message.
         *
         * @return the packet, which may keep a reference to the array; {@code null} if attachments are missing
         */
        @Nullable
        SocketPacket text(byte[] buffer, int offset, int length) throws DecodeException;

        /** Decodes a binary message; see {@link #text}. */
        @Nullable
        SocketPacket binary(byte[] data) throws DecodeException;

        /** Discards an incomplete packet. */
        void reset();
    }
}
