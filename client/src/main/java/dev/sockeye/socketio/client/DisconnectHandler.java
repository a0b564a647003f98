package dev.sockeye.socketio.client;

import dev.sockeye.socketio.DisconnectDetails;

/** Called when a connection ended. Runs as the handlers of events. */
@FunctionalInterface
public interface DisconnectHandler {

    /** The connection ended. */
    void handle(DisconnectReason reason, DisconnectDetails details) throws Exception;
}
