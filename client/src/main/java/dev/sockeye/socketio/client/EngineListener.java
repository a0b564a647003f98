package dev.sockeye.socketio.client;

import dev.sockeye.engineio.protocol.EnginePacket;

/** What an engine connection tells, on its loop. After {@link #onClose} nothing comes any more. */
interface EngineListener {
    /** The handshake is done. */
    default void onOpen() {}

    default void onMessage(EnginePacket.Message message) {}

    /** Any packet that came. */
    default void onPacket(EnginePacket packet) {}

    /** A packet that will be sent. */
    default void onPacketCreate(EnginePacket packet, boolean compress) {}

    default void onPing() {}

    default void onUpgrading(TransportName to) {}

    default void onUpgrade(TransportName to) {}

    default void onUpgradeError(TransportException error) {}

    default void onError(TransportException error) {}

    default void onClose(DisconnectReason reason, CloseDetails details) {}
}
