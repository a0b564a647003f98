package dev.sockeye.socketio.client;

import dev.sockeye.socketio.Ack;
import dev.sockeye.socketio.SocketIoException;
import dev.sockeye.socketio.protocol.Arguments;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** The answer to one event of the server. */
final class IncomingAck implements Ack {
    private final SocketCore core;
    private final long id;
    private final int epoch;
    private final AtomicBoolean sent = new AtomicBoolean();

    /** @param epoch of the connection that the event came over */
    IncomingAck(SocketCore core, long id, int epoch) {
        this.core = core;
        this.id = id;
        this.epoch = epoch;
    }

    @Override
    public boolean expected() {
        return id >= 0;
    }

    @Override
    public void send(@Nullable Object... args) {
        if (expected() && sent.compareAndSet(false, true)) {
            try {
                core.sendAck(id, Arguments.of(args), epoch);
            } catch (RuntimeException e) {
                sent.set(false); // nothing was sent; another answer can be sent
                throw e;
            }
        }
    }

    @Override
    public void error(String message) {
        try {
            send(Map.of("error", message));
        } catch (SocketIoException e) {
            core.reportError(e); // thrown while answering for a failed handler: no caller can catch it
        }
    }
}
