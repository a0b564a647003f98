package dev.sockeye.socketio;

import org.jspecify.annotations.Nullable;

/**
 * Answers an event. May be called from any thread, immediately or later. Only the first answer is sent; after the
 * connection is lost, no answer is sent. Implemented by the library. Official counterpart: the callback that is the
 * last argument of a listener.
 */
public interface Ack {

    /** Whether the sender expects an answer. */
    boolean expected();

    /**
     * Answers with any number of arguments. Does nothing if no answer is expected or one was already sent.
     *
     * @throws dev.sockeye.socketio.protocol.BindingException if an argument cannot be encoded; another answer can still
     *     be sent
     */
    void send(@Nullable Object... args);

    /**
     * Answers with one argument, <code>{"error": message}</code>. A typed request then fails with {@link
     * AckErrorException}.
     */
    void error(String message);
}
