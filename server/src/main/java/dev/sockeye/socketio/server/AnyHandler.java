package dev.sockeye.socketio.server;

import dev.sockeye.socketio.protocol.Arguments;

/** Sees each event, whatever its name. Official counterpart: an {@code onAny} or {@code onAnyOutgoing} listener. */
@FunctionalInterface
public interface AnyHandler {

    /**
     * An event. Incoming: in the client's mailbox, before the middlewares of the socket. Outgoing: on the thread that emits;
     * it must not block.
     *
     * @throws Exception goes to the error hook and the log, not to the connection
     */
    void handle(String event, Arguments args) throws Exception;
}
