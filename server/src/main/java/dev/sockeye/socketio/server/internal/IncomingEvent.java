package dev.sockeye.socketio.server.internal;

import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.server.SocketEvent;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An event that middlewares may change. */
final class IncomingEvent implements SocketEvent {
    private final Arguments received;
    private String name;
    private @Nullable List<@Nullable Object> changed;

    IncomingEvent(String name, Arguments received) {
        this.name = name;
        this.received = received;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void name(String name) {
        this.name = name;
    }

    @Override
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
