package dev.sockeye.engineio;

import dev.sockeye.engineio.protocol.EnginePacket;
import org.jspecify.annotations.Nullable;

/**
 * The owner of a session, which receives its messages and its end. Set once, in the connection callback. All methods
 * run on the session's loop, in order, and must not block.
 */
public interface EngineSocketListener {

    /**
     * A text message was received. The content is {@code buffer[offset .. offset+length)} in valid UTF-8; the array
     * belongs to the listener from now on.
     */
    void onText(byte[] buffer, int offset, int length);

    /** A binary message was received; the array belongs to the listener. */
    void onBinary(byte[] data);

    /**
     * The session has ended. Called exactly once, after the last message.
     *
     * @param description details, if known: an exception, a text, or, if the peer has closed a WebSocket or
     *     WebTransport session, a {@link dev.sockeye.socketio.DisconnectDetails} with its close code
     */
    void onClose(CloseReason reason, @Nullable Object description);

    /** Observes further events of a session. Each method has the name of the official event. */
    interface Observer {
        /** {@code packet}: a packet was received. */
        default void onPacket(EnginePacket packet) {}
        /** {@code packetCreate}: a packet is about to be queued. */
        default void onPacketCreate(EnginePacket packet) {}
        /** {@code heartbeat}: the peer has answered a heartbeat. */
        default void onHeartbeat() {}
        /** {@code upgrading}: the probe of a better transport was answered. */
        default void onUpgrading(String transport) {}
        /** {@code upgrade}: the session was upgraded to another transport. */
        default void onUpgrade(String transport) {}
        /** {@code flush}: the queued packets are passed to the transport. */
        default void onFlush(int packets) {}
        /** {@code drain}: the queued packets were passed to the transport. */
        default void onDrain() {}
        /** {@code close}. */
        default void onClose(CloseReason reason, @Nullable Object description) {}
    }
}
