package dev.sockeye.presence;

import dev.sockeye.socketio.Registration;
import dev.sockeye.socketio.server.SocketIoServer;
import java.util.List;
import java.util.Map;
import java.util.logging.Logger;

/** The code of docs/presence.md. */
@SuppressWarnings({"UnusedVariable", "unused"})
final class PresenceExamples {
    private static final Logger LOG = Logger.getLogger("presence");

    record Login(String name) {}

    record Status(String status) {}

    private PresenceExamples() {}

    static void joining(SocketIoServer io) {
        Presence users = Presence.of(io, "users");
        io.onConnection(socket -> {
            Login login = socket.handshake().auth(Login.class);
            users.join(socket, login.name(), Map.of("status", "here"));
            socket.on("status", String.class, text -> users.update(socket, Map.of("status", text)));
            socket.on("logout", () -> users.leave(socket));
        });
    }

    static void reading(Presence users) {
        int online = users.count();
        boolean ada = users.isOnline("ada");
        Map<String, Boolean> friends = users.isOnline(List.of("ada", "bob", "cid"));
        users.get("ada").ifPresent(user -> LOG.info(user.since() + " " + user.metadata(Status.class)));

        PresencePage page = users.list(100);
        while (page.next() != null) {
            page = users.list(page.next(), 100);
        }
    }

    static void changes(Presence users) {
        Registration listening = users.onChange(change -> {
            switch (change.kind()) {
                case ONLINE -> LOG.info(change.user().id() + " is online");
                case UPDATED ->
                    LOG.info(change.user().id() + " is " + change.user().metadata());
                case OFFLINE -> LOG.info(change.user().id() + " is offline");
            }
        });
    }

    static void announcing(SocketIoServer io, Presence users) {
        users.announceTo("lobby");
        io.onConnection(socket -> {
            socket.join("lobby");
            socket.emit("presence:list", users.list(100).users());
        });
    }

    static void rooms(SocketIoServer io) {
        RoomCounts rooms = RoomCounts.of(io);
        int players = rooms.count("game:7"); // on all servers
    }
}
