package dev.sockeye.examples;

import dev.sockeye.netty.HttpFallback;
import dev.sockeye.netty.NettyHostOptions;
import dev.sockeye.netty.NettyHostProvider;
import dev.sockeye.presence.Presence;
import dev.sockeye.presence.PresenceUser;
import dev.sockeye.presence.RoomCounts;
import dev.sockeye.redis.RedisAdapter;
import dev.sockeye.socketio.server.Next;
import dev.sockeye.socketio.server.Socket;
import dev.sockeye.socketio.server.SocketIoServer;
import dev.sockeye.socketio.server.SocketIoServerOptions;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Shows who is online, what they are doing, and their cursors: on one server, or on several that are connected by Redis. */
public final class WhoIsHere {
    private static final String EVERYONE = "everyone";
    private static final List<String> BOARDS = List.of("board:red", "board:blue");

    public record Login(String name) {}

    public record Here(String me, int count, List<PresenceUser> users) {}

    public record Cursor(String name, double x, double y) {}

    private final SocketIoServer io;
    private final Presence users;
    private final RoomCounts rooms;

    private WhoIsHere(SocketIoServerOptions options) {
        io = SocketIoServer.create(options);
        users = Presence.of(io, "users");
        users.announceTo(EVERYONE);
        rooms = RoomCounts.of(io);
        io.use(WhoIsHere::login);
        io.onConnection(this::connected);
    }

    /** Starts a server with its page; blocks until the port (0: any free one) is bound. */
    public static SocketIoServer start(int port, SocketIoServerOptions options) throws IOException {
        HttpFallback page = HttpFallback.resources(WhoIsHere.class, "/dev/sockeye/examples/presence");
        NettyHostOptions host = NettyHostOptions.builder().fallback(page).build();
        return new WhoIsHere(options).io.listen(new InetSocketAddress(port), new NettyHostProvider(host));
    }

    private static void login(Socket socket, Next next) {
        Login login = socket.handshake().auth(Login.class);
        if (login == null || login.name() == null || !login.name().matches("\\S.{0,19}")) {
            next.fail("Please choose a name of 1 to 20 characters.");
        } else {
            next.next();
        }
    }

    private void connected(Socket socket) {
        Login login = socket.handshake().auth(Login.class);
        String name = login == null ? "" : login.name();
        // join the room before sending the list, so that no change in between is missed
        socket.join(EVERYONE);
        users.join(socket, name);
        socket.emit("here", new Here(name, users.count(), users.list(200).users()));
        socket.on("status", String.class, text -> users.update(socket, Map.of("status", shortened(text))));
        socket.on("logout", () -> {
            users.leave(socket);
            socket.disconnect();
        });
        socket.on("board", String.class, board -> {
            if (BOARDS.contains(board)) {
                socket.leave(BOARDS.toArray(new String[0]));
                socket.join(board);
            }
        });
        // sent many times a second, so use a volatile event to the users of the same board instead of metadata
        socket.on("cursor", Double.class, Double.class, (x, y) -> {
            String board = boardOf(socket);
            if (board != null) {
                socket.to(board).asVolatile().emit("cursor", new Cursor(name, x, y));
            }
        });
        socket.onRequest(
                "counts", Void.class, nothing -> List.of(rooms.count(BOARDS.get(0)), rooms.count(BOARDS.get(1))));
    }

    private static @Nullable String boardOf(Socket socket) {
        return BOARDS.stream().filter(socket.rooms()::contains).findFirst().orElse(null);
    }

    private static String shortened(String text) {
        return text.length() > 40 ? text.substring(0, 40) : text;
    }

    /** {@code WhoIsHere [PORT [REDIS-URI]]}. */
    public static void main(String[] args) throws Exception {
        SocketIoServerOptions.Builder options = SocketIoServerOptions.builder();
        if (args.length > 1) {
            options.adapter(RedisAdapter.create(args[1]));
        }
        SocketIoServer io = start(args.length > 0 ? Integer.parseInt(args[0]) : 3000, options.build());
        System.out.println("http://localhost:" + io.port() + "/");
        Thread.currentThread().join();
    }
}
