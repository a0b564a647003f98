package dev.sockeye.socketio.server.internal;

import dev.sockeye.socketio.Ack;
import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.protocol.SocketPacket;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** Answers an event of a client. */
final class EventAck implements Ack {
    /** For events that expect no answer. */
    static final EventAck NONE = new EventAck(null, SocketPacket.NO_ID);

    private final @Nullable SocketCore socket;
    private final long id;
    private final AtomicBoolean sent = new AtomicBoolean();

    EventAck(@Nullable SocketCore socket, long id) {
        this.socket = socket;
        this.id = id;
    }

    @Override
    public void send(@Nullable Object... args) {
        if (socket != null && sent.compareAndSet(false, true)) {
            try {
                socket.sendAck(id, Arguments.of(args));
            } catch (RuntimeException | Error e) {
                sent.set(false); // an argument cannot be encoded: the sender still waits for an answer
                throw e;
            }
        }
    }

    @Override
    public void error(String message) {
        send(Map.of("error", message));
    }

    @Override
    public boolean expected() {
        return socket != null;
    }
}
