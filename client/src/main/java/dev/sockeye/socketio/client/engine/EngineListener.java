package dev.sockeye.socketio.client.engine;

import dev.sockeye.engineio.protocol.EnginePacket;
import dev.sockeye.socketio.DisconnectDetails;
import dev.sockeye.socketio.TransportException;
import dev.sockeye.socketio.client.transport.TransportName;

/**
 * Receives the events of an engine connection, on its loop. Order: {@link #onOpen} at most once, then the others, then {@link
 * #onClose} exactly once; nothing is called after it. {@code onClose} may be called without {@code onOpen}, after {@link #onError}.
 */
public interface EngineListener {
    /** The handshake is complete. */
    default void onOpen() {}

    /** A message arrived. */
    default void onMessage(EnginePacket.Message message) {}

    /** A packet of any type arrived. */
    default void onPacket(EnginePacket packet) {}

    /** A packet was written; it will be sent. */
    default void onPacketCreate(EnginePacket packet, boolean compress) {}

    /** A heartbeat of the server arrived. */
    default void onPing() {}

    /** The server accepted the probe of an upgrade. */
    default void onUpgrading(TransportName to) {}

    /** The connection moved to another transport. */
    default void onUpgrade(TransportName to) {}

    /** An upgrade failed; the connection stays on its transport. */
    default void onUpgradeError(TransportException error) {}

    /** The connection failed; {@link #onClose} follows. */
    default void onError(TransportException error) {}

    /** The connection ended. */
    default void onClose(CloseReason reason, DisconnectDetails details) {}
}
