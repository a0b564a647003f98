package dev.sockeye.admin;

import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.server.BroadcastTarget;
import dev.sockeye.socketio.server.Namespace;
import dev.sockeye.socketio.server.Socket;
import dev.sockeye.socketio.server.SocketIoServer;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import org.jspecify.annotations.Nullable;

/** The commands of the page. Commands without a namespace, or with arguments of other types, are ignored. */
final class AdminCommands {
    private static final Logger LOG = System.getLogger(AdminUi.class.getName());

    private final SocketIoServer io;

    AdminCommands(SocketIoServer io) {
        this.io = io;
    }

    void listen(Socket socket) {
        socket.on("emit", (args, ack) -> emit(args));
        socket.on("join", (args, ack) -> {
            BroadcastTarget target = target(args, 2);
            if (target != null && args.get(1) instanceof String room) {
                target.socketsJoin(room);
            }
        });
        socket.on("leave", (args, ack) -> {
            BroadcastTarget target = target(args, 2);
            if (target != null && args.get(1) instanceof String room) {
                target.socketsLeave(room);
            }
        });
        socket.on("_disconnect", (args, ack) -> {
            BroadcastTarget target = target(args, 2);
            if (target != null && args.get(1) instanceof Boolean close) {
                target.disconnectSockets(close);
            }
        });
    }

    private void emit(Arguments args) {
        BroadcastTarget target = target(args, 1);
        if (target == null || !(args.get(2) instanceof String event)) {
            return;
        }
        @Nullable Object[] rest = new @Nullable Object[args.size() - 3];
        for (int i = 0; i < rest.length; i++) {
            rest[i] = args.payload(i + 3);
        }
        try {
            target.emit(event, rest);
        } catch (IllegalArgumentException e) {
            LOG.log(Level.DEBUG, "an admin's event cannot be sent", e);
        }
    }

    /** The sockets that a command applies to; {@code null} if the namespace does not exist or the filter is invalid. */
    private @Nullable BroadcastTarget target(Arguments args, int filterAt) {
        if (!(args.get(0) instanceof String name)) {
            return null;
        }
        Namespace namespace = io.namespaces().get(name);
        Object filter = args.get(filterAt);
        if (namespace == null || filter == null || filter.equals("")) {
            return namespace;
        }
        return filter instanceof String room ? namespace.in(room) : null;
    }
}
