package dev.sockeye.socketio;

/**
 * Handles an event with two typed arguments.
 *
 * @param <A> the type of the first argument
 * @param <B> the type of the second argument
 */
@FunctionalInterface
@SuppressWarnings("FunctionalInterfaceMethodChanged") // preferred over the form with an answer
public interface TwoArgumentHandler<A, B> extends AckTwoArgumentHandler<A, B> {

    /**
     * Handles an event. Threads and exceptions as for {@link RawHandler}, nulls as for {@link AckEventHandler}.
     *
     * @throws Exception as {@link RawHandler#handle}
     */
    void handle(A first, B second) throws Exception;

    @Override
    default void handle(A first, B second, Ack ack) throws Exception {
        handle(first, second);
    }
}
