package dev.sockeye.socketio.client;

import org.jspecify.annotations.Nullable;

/** The answer to an event of the server. Any thread. Official counterpart: the function that is the last argument. */
public interface Ack {

    /** Whether the server asked for an answer. */
    boolean expected();

    /** Answers. A second answer, or one that nobody asked for, is ignored; so is one after the connection went. */
    void send(@Nullable Object... args);

    /** Answers with {@code {"error": message}}. */
    void error(String message);
}
