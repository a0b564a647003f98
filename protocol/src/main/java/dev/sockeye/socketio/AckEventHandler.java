package dev.sockeye.socketio;

/**
 * Handles an event with one typed argument and answers it.
 *
 * @param <T> the type of the argument
 */
@FunctionalInterface
public interface AckEventHandler<T> {

    /**
     * Handles an event. Threads and exceptions as for {@link RawHandler}.
     *
     * @param value the argument; never {@code null}, except for the type {@link Void}: an event whose argument is
     *     missing or {@code null} is not passed to the handler, but reported as a {@link
     *     dev.sockeye.socketio.protocol.BindingException}
     * @throws Exception as {@link RawHandler#handle}
     */
    void handle(T value, Ack ack) throws Exception;
}
