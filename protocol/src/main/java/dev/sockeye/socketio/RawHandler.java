package dev.sockeye.socketio;

import dev.sockeye.socketio.protocol.Arguments;

/** Handles an event with all its arguments as received. */
@FunctionalInterface
public interface RawHandler {

    /**
     * Handles an event. The handlers of a connection run one at a time and in order, off the I/O threads; they may
     * block.
     *
     * @param args the arguments; values that are missing or {@code null} are {@code null}
     * @param ack answers the event; does nothing if the sender expects no answer
     * @throws Exception is reported to the error listeners and the log; the sender receives <code>{"error": "internal
     *     error"}</code>
     */
    void handle(Arguments args, Ack ack) throws Exception;
}
