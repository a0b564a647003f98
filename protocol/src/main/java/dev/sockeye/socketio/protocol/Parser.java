package dev.sockeye.socketio.protocol;

import org.jspecify.annotations.Nullable;

/**
 * Encoder and decoders of Socket.IO packets. Both ends must use the same. Official counterpart: the {@code parser} option.
 * {@link JsonParser} is the default, {@link MsgpackParser} is compatible with npm {@code socket.io-msgpack-parser}.
 */
public interface Parser {

    /**
     * Encodes a packet. Any thread, any number at once.
     *
     * @throws BindingException an argument cannot be encoded
     */
    EncodedPacket encode(SocketPacket packet);

    /** A decoder for one connection. */
    Decoder newDecoder();

    /**
     * Joins incoming messages to packets. Used by one thread at a time; holds the state of a packet with attachments. Messages are
     * given in the order of the wire. After a {@link DecodeException} only {@link #reset} is called, as when the connection ends; it
     * may be called more than once.
     */
    interface Decoder {

        /**
         * A text message.
         *
         * @return the packet, or {@code null} when attachments are still to come; it may keep the array
         */
        @Nullable
        SocketPacket text(byte[] buffer, int offset, int length) throws DecodeException;

        /** A binary message; as {@link #text}. */
        @Nullable
        SocketPacket binary(byte[] data) throws DecodeException;

        /** Forgets a half packet. */
        void reset();
    }
}
