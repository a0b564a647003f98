package dev.sockeye.socketio.client;

import dev.sockeye.engineio.protocol.EnginePacket;
import dev.sockeye.socketio.client.transport.TransportName;
import java.util.function.Consumer;

/** Lets tests observe a connection on its loop. */
final class ConnectionProbe {
    /** Called with each packet that is sent. */
    Consumer<EnginePacket> sent = packet -> {};

    /** Called with each packet that arrives. */
    Consumer<EnginePacket> received = packet -> {};

    /** Called with the transport that the connection opened with. */
    Consumer<TransportName> opened = transport -> {};
}
