package dev.sockeye.socketio.client;

import dev.sockeye.socketio.protocol.Arguments;

/** Sees every event. Runs as {@link EventHandler}. */
@FunctionalInterface
public interface AnyHandler {

    /** An event came, or was sent. */
    void handle(String event, Arguments args) throws Exception;
}
