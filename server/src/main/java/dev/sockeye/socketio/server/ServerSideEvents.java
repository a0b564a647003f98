package dev.sockeye.socketio.server;

import dev.sockeye.socketio.protocol.Arguments;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The listeners of a namespace for events of other servers. */
final class ServerSideEvents {
    private static final Logger LOG = System.getLogger(ServerSideEvents.class.getName());

    private final Namespace namespace;
    private final Map<String, List<RawHandler>> handlers = new ConcurrentHashMap<>(4);

    ServerSideEvents(Namespace namespace) {
        this.namespace = namespace;
    }

    void add(String event, RawHandler handler) {
        handlers.computeIfAbsent(event, name -> new CopyOnWriteArrayList<>()).add(handler);
    }

    void dispatch(String event, Arguments args, @Nullable Consumer<Arguments> answer) {
        List<RawHandler> found = handlers.get(event);
        if (found != null) {
            Ack ack = new ServerSideAck(answer);
            namespace.server().executor().execute(() -> {
                for (RawHandler handler : found) {
                    try {
                        handler.handle(args, ack);
                    } catch (Throwable e) {
                        LOG.log(Level.WARNING, "a listener of server-side event \"" + event + "\" failed", e);
                    }
                }
            });
        }
    }
}
