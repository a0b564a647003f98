package dev.sockeye.socketio.adapter;

import dev.sockeye.engineio.Broadcast;
import dev.sockeye.socketio.protocol.SocketPacket;
import java.util.List;

/**
 * A broadcast whose receivers have been chosen but that has not been written yet. Created by {@link
 * InMemoryAdapter#stage}.
 */
public final class StagedBroadcast {
    private final SocketPacket.Event packet;
    private final List<Broadcast.Part> parts;
    private final List<LocalSocket> watching;

    StagedBroadcast(SocketPacket.Event packet, List<Broadcast.Part> parts, List<LocalSocket> watching) {
        this.packet = packet;
        this.parts = parts;
        this.watching = watching;
    }

    List<Broadcast.Part> parts() {
        return parts;
    }

    /** Calls the listeners for outgoing events. */
    void notifyOutgoing() {
        InMemoryAdapter.notifyOutgoing(packet, watching);
    }
}
