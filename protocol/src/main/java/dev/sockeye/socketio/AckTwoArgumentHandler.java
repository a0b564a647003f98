package dev.sockeye.socketio;

/**
 * Handles an event with two typed arguments and answers it.
 *
 * @param <A> the type of the first argument
 * @param <B> the type of the second argument
 */
@FunctionalInterface
public interface AckTwoArgumentHandler<A, B> {

    /**
     * Handles an event. Threads and exceptions as for {@link RawHandler}, nulls as for {@link AckEventHandler}.
     *
     * @throws Exception as {@link RawHandler#handle}
     */
    void handle(A first, B second, Ack ack) throws Exception;
}
