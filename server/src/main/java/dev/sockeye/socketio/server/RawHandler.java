package dev.sockeye.socketio.server;

import dev.sockeye.socketio.protocol.Arguments;

/** Receives an event with all its arguments as they came. */
@FunctionalInterface
public interface RawHandler {

    /**
     * An event. Runs in the client's mailbox; may block.
     *
     * @param ack the way to answer; never {@code null}, does nothing when the sender expects no answer
     * @throws Exception goes to the error hook and the log, not to the connection
     */
    void handle(Arguments args, Ack ack) throws Exception;
}
