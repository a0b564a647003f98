package dev.sockeye.socketio.server;

import org.jspecify.annotations.Nullable;

/**
 * Receives an event with two typed arguments and the way to answer.
 *
 * @param <A> the type of the first argument
 * @param <B> the type of the second argument
 */
@FunctionalInterface
public interface TwoArgumentHandler<A extends @Nullable Object, B extends @Nullable Object> {

    /**
     * An event. Runs in the client's mailbox; may block.
     *
     * @throws Exception goes to the error hook and the log, not to the connection
     */
    void handle(A first, B second, Ack ack) throws Exception;
}
