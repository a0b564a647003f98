package dev.sockeye.socketio.client.engine;

import dev.sockeye.engineio.protocol.EnginePacket;
import dev.sockeye.socketio.DisconnectDetails;
import dev.sockeye.socketio.TransportException;
import dev.sockeye.socketio.client.transport.TransportName;
import java.util.List;

/** One transport of an engine connection. Used on the loop only; calls its listener there, not after {@link #close()}. */
abstract class EngineTransport {
    enum State {
        OPENING,
        OPEN,
        PAUSED,
        CLOSED
    }

    interface Listener {
        void onTransportOpen(EngineTransport transport);

        void onTransportPacket(EngineTransport transport, EnginePacket packet);

        /** The last packets were accepted by the network; more can be sent. */
        void onTransportDrain(EngineTransport transport);

        void onTransportError(EngineTransport transport, TransportException error);

        void onTransportClose(EngineTransport transport, DisconnectDetails details);
    }

    /** The packets to send. */
    record Outgoing(EnginePacket packet, boolean compress, long size) {}

    final TransportName name;
    final Listener listener;
    State state = State.OPENING;
    boolean writable;
    boolean reading = true;

    EngineTransport(TransportName name, Listener listener) {
        this.name = name;
        this.listener = listener;
    }

    abstract void open();

    /** Sends when {@link #writable}; {@link Listener#onTransportDrain} follows. */
    abstract void send(List<Outgoing> packets);

    /** Closes the transport, with a close packet where the protocol has one. The listener is no longer called. */
    abstract void close();

    /** Starts or stops reading from the network. */
    abstract void reading(boolean on);

    final void fail(TransportException error) {
        if (state != State.CLOSED) {
            listener.onTransportError(this, error);
        }
    }

    final void ended(DisconnectDetails details) {
        if (state != State.CLOSED) {
            listener.onTransportClose(this, details);
        }
    }
}
