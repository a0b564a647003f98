package dev.sockeye.socketio.server;

import dev.sockeye.socketio.protocol.Arguments;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An incoming event on its way through the middlewares of a socket. */
public final class SocketEvent {
    private String name;
    private Arguments received;
    private @Nullable List<@Nullable Object> changed;

    SocketEvent(String name, Arguments received) {
        this.name = name;
        this.received = received;
    }

    /** The name of the event. */
    public String name() {
        return name;
    }

    /** Changes the name of the event. */
    public void name(String name) {
        this.name = name;
    }

    /** The arguments as their natural types; may be changed in place. */
    public List<@Nullable Object> args() {
        List<@Nullable Object> list = changed;
        if (list == null) {
            list = new ArrayList<>(received.toList());
            changed = list;
        }
        return list;
    }

    /** The arguments as they are now. */
    Arguments arguments() {
        List<@Nullable Object> list = changed;
        return list == null ? received : Arguments.of(list.toArray());
    }
}
