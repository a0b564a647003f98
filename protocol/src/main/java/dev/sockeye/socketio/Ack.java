package dev.sockeye.socketio;

import org.jspecify.annotations.Nullable;

/**
 * Answers an event. Any thread, now or later; only the first answer is sent, and none after the connection was lost. Implemented by
 * the library. Official counterpart: the callback that is the last argument of a listener.
 */
public interface Ack {

    /** Whether the sender asked for an answer. */
    boolean expected();

    /**
     * Answers with any number of arguments. Does nothing when no answer is expected or one was sent.
     *
     * @throws dev.sockeye.socketio.protocol.BindingException an argument cannot be encoded; another answer can still be sent
     */
    void send(@Nullable Object... args);

    /** Answers with one argument, <code>{"error": message}</code>. A typed request fails with {@link AckErrorException} then. */
    void error(String message);
}
