package dev.sockeye.socketio.server;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** An incoming event on its way through the middlewares of a socket. In the client's mailbox. Implemented by Sockeye only. */
public interface SocketEvent {

    /** The name of the event. */
    String name();

    /** Changes the name of the event. */
    void name(String name);

    /** The arguments as their natural types; may be changed in place. */
    List<@Nullable Object> args();
}
