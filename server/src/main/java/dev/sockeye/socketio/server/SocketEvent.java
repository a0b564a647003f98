package dev.sockeye.socketio.server;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An incoming event that is passed through the middlewares of a socket. Used in the client's mailbox. Implemented by
 * Sockeye only.
 */
public interface SocketEvent {

    /** The name of the event. */
    String name();

    /** Changes the name of the event. */
    void name(String name);

    /** The arguments as their natural types; the list may be modified. */
    List<@Nullable Object> args();
}
