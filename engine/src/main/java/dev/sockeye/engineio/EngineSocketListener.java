package dev.sockeye.engineio;

import dev.sockeye.engineio.protocol.EnginePacket;
import org.jspecify.annotations.Nullable;

/**
 * The owner of a session: receives its messages and its end. Set once, in the connection callback. All methods run on the
 * session's loop, in order, and must not block.
 */
public interface EngineSocketListener {

    /**
     * A text message. The content is {@code buffer[offset .. offset+length)} in valid UTF-8; the array belongs to the
     * listener from now on.
     */
    void onText(byte[] buffer, int offset, int length);

    /** A binary message; the array belongs to the listener. */
    void onBinary(byte[] data);

    /**
     * The session has ended. Called exactly once, after the last message.
     *
     * @param description what exactly happened, where known: an exception, a text, or, when the peer has closed a WebSocket or
     *     WebTransport session, a {@link dev.sockeye.socketio.DisconnectDetails} with its close code
     */
    void onClose(CloseReason reason, @Nullable Object description);

    /** Further events of a session, for observation; none of them has to be handled. Official names in each line. */
    interface Observer {
        /** {@code packet}: a packet came in. */
        default void onPacket(EnginePacket packet) {}
        /** {@code packetCreate}: a packet is about to be queued. */
        default void onPacketCreate(EnginePacket packet) {}
        /** {@code heartbeat}: the peer answered. */
        default void onHeartbeat() {}
        /** {@code upgrading}: the probe of a better transport was answered. */
        default void onUpgrading(String transport) {}
        /** {@code upgrade}: the session goes on with another transport. */
        default void onUpgrade(String transport) {}
        /** {@code flush}: the queue of packets is handed to the transport. */
        default void onFlush(int packets) {}
        /** {@code drain}: the queue was handed over. */
        default void onDrain() {}
        /** {@code close}. */
        default void onClose(CloseReason reason, @Nullable Object description) {}
    }
}
