package dev.sockeye.socketio.client;

import dev.sockeye.engineio.protocol.EnginePacket;
import dev.sockeye.runtime.Mailbox;
import dev.sockeye.socketio.DisconnectDetails;
import dev.sockeye.socketio.TransportException;
import dev.sockeye.socketio.client.transport.TransportName;
import dev.sockeye.socketio.protocol.SocketPacket;

/** The listeners of a manager, by event. Any thread. */
final class ManagerListeners {
    /** The end of a connection. */
    record Closed(DisconnectReason reason, DisconnectDetails details) {}

    final ManagerEvents<Boolean> opened;
    final ManagerEvents<TransportException> errors;
    final ManagerEvents<Boolean> pings;
    final ManagerEvents<SocketPacket> packets;
    final ManagerEvents<Closed> closes;
    final ManagerEvents<Integer> reconnects;
    final ManagerEvents<Integer> attempts;
    final ManagerEvents<TransportException> reconnectErrors;
    final ManagerEvents<Boolean> reconnectFailures;
    final ManagerEvents<TransportName> upgrades;
    final ManagerEvents<TransportException> upgradeErrors;
    final ManagerEvents<EnginePacket> enginePackets;
    final ManagerEvents<EnginePacket> enginePacketsCreated;
    final ManagerEvents<Closed> engineCloses;

    ManagerListeners(Mailbox mailbox) {
        opened = new ManagerEvents<>(mailbox);
        errors = new ManagerEvents<>(mailbox);
        pings = new ManagerEvents<>(mailbox);
        packets = new ManagerEvents<>(mailbox);
        closes = new ManagerEvents<>(mailbox);
        reconnects = new ManagerEvents<>(mailbox);
        attempts = new ManagerEvents<>(mailbox);
        reconnectErrors = new ManagerEvents<>(mailbox);
        reconnectFailures = new ManagerEvents<>(mailbox);
        upgrades = new ManagerEvents<>(mailbox);
        upgradeErrors = new ManagerEvents<>(mailbox);
        enginePackets = new ManagerEvents<>(mailbox);
        enginePacketsCreated = new ManagerEvents<>(mailbox);
        engineCloses = new ManagerEvents<>(mailbox);
    }
}
