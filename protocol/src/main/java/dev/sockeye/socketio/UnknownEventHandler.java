package dev.sockeye.socketio;

import dev.sockeye.socketio.protocol.Arguments;

/** Handles the events that have no handler. */
@FunctionalInterface
public interface UnknownEventHandler {

    /**
     * Called for an event that has no handler. Threads and exceptions as for {@link RawHandler}.
     *
     * @param ack answers the event; does nothing if the sender expects no answer
     * @throws Exception as {@link RawHandler#handle}
     */
    void handle(String event, Arguments args, Ack ack) throws Exception;
}
