package dev.sockeye.socketio.client;

import dev.sockeye.socketio.Ack;
import dev.sockeye.socketio.protocol.Arguments;

/** Receives events. Runs off the I/O threads, one at a time and in order for each socket; may block. */
@FunctionalInterface
public interface EventHandler {

    /** An event came. An exception goes to {@link Socket#onError} and the log. */
    void handle(Arguments args, Ack ack) throws Exception;
}
