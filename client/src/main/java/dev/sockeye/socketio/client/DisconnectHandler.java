package dev.sockeye.socketio.client;

import dev.sockeye.socketio.DisconnectDetails;

/** Told that a connection ended. Runs as {@link EventHandler}. */
@FunctionalInterface
public interface DisconnectHandler {

    /** The connection ended. */
    void handle(DisconnectReason reason, DisconnectDetails details) throws Exception;
}
