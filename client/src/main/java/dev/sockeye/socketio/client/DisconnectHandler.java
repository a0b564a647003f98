package dev.sockeye.socketio.client;

/** Told that a connection ended. Runs as {@link EventHandler}. */
@FunctionalInterface
public interface DisconnectHandler {

    /** The connection ended. */
    void handle(DisconnectReason reason, CloseDetails details) throws Exception;
}
