package dev.sockeye.socketio;

/**
 * Handles an event with one typed argument. It is a kind of {@link AckEventHandler}, so that a reference to an overloaded method,
 * {@code list::add} for example, is not ambiguous.
 *
 * @param <T> the type of the argument
 */
@FunctionalInterface
@SuppressWarnings("FunctionalInterfaceMethodChanged") // of the two forms the one without an answer is meant
public interface EventHandler<T> extends AckEventHandler<T> {

    /**
     * An event. Threads and exceptions as for {@link RawHandler}.
     *
     * @param value as for {@link AckEventHandler}
     * @throws Exception as {@link RawHandler#handle}
     */
    void handle(T value) throws Exception;

    @Override
    default void handle(T value, Ack ack) throws Exception {
        handle(value);
    }
}
