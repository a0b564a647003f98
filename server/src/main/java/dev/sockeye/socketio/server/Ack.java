package dev.sockeye.socketio.server;

import org.jspecify.annotations.Nullable;

/**
 * The way to answer an event. Any thread, now or later; only the first answer is sent. Official counterpart: the callback
 * that is the last argument of a listener.
 */
public sealed interface Ack permits EventAck, ServerSideAck {

    /** Answers with any number of arguments. Does nothing when no answer is expected or one was sent. */
    void send(@Nullable Object... args);

    /** Answers with one argument, <code>{"error": message}</code>. */
    void error(String message);

    /** Whether the sender asked for an answer. */
    boolean expected();
}
