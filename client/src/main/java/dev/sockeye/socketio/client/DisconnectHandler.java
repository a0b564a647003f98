package dev.sockeye.socketio.client;

import dev.sockeye.socketio.DisconnectDetails;

/** Called when a connection ended. Runs like an event handler. */
@FunctionalInterface
public interface DisconnectHandler {

    /**
     * The connection ended.
     *
     * @param details the details; for {@link DisconnectReason#IO_SERVER_DISCONNECT} its description is the reason that the
     *     server gave with {@link DisconnectDetails#REASON_EVENT}, if it gave one
     */
    void handle(DisconnectReason reason, DisconnectDetails details) throws Exception;
}
