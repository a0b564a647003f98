package dev.sockeye.socketio;

/**
 * Handles an event with one typed argument. It extends {@link AckEventHandler}, so that a reference to an overloaded
 * method, for example {@code list::add}, is not ambiguous.
 *
 * @param <T> the type of the argument
 */
@FunctionalInterface
@SuppressWarnings("FunctionalInterfaceMethodChanged") // preferred over the form with an answer
public interface EventHandler<T> extends AckEventHandler<T> {

    /**
     * Handles an event. Threads and exceptions as for {@link RawHandler}.
     *
     * @param value the argument; see {@link AckEventHandler}
     * @throws Exception as {@link RawHandler#handle}
     */
    void handle(T value) throws Exception;

    @Override
    default void handle(T value, Ack ack) throws Exception {
        handle(value);
    }
}
