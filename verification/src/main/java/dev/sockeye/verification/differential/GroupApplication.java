package dev.sockeye.verification.differential;

import dev.sockeye.socketio.server.Namespace;
import dev.sockeye.socketio.server.Next;
import dev.sockeye.socketio.server.ParentNamespace;
import dev.sockeye.socketio.server.Socket;
import dev.sockeye.socketio.server.SocketHandler;
import dev.sockeye.socketio.server.SocketIoServer;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The application of {@code groups.mjs}: middlewares that wait for another client, and dynamic namespaces whose names contain the number of
 * the run.
 */
final class GroupApplication {
    private static final Pattern ROOM = Pattern.compile("^/room-(\\d+)-\\d$");

    private final SocketIoServer io;
    private final SocketHandler serve;
    private final BiConsumer<String, String> log;
    private final Map<String, Queue<Next>> waiting = new ConcurrentHashMap<>();

    GroupApplication(SocketIoServer io, SocketHandler serve, BiConsumer<String, String> log) {
        this.io = io;
        this.serve = serve;
        this.log = log;
    }

    void prepare() {
        Namespace slow = io.of("/slow");
        slow.use((socket, next) -> {
            String how = Objects.toString(socket.handshake().auth().get("how"));
            if (!how.equals("now")) {
                waits(socket, next, "first");
            }
            switch (how) {
                case "join" -> socket.join("early:" + run(socket));
                case "emit" -> socket.emit("early", 1);
                case "leave" -> socket.disconnect(false);
                case "close" -> socket.disconnect(true);
                case "hang" -> socket.conn().close();
                case "data" -> socket.data().put("x", 1);
                default -> {}
            }
            if (how.equals("now")) {
                next.next();
            }
        });
        slow.use((socket, next) -> {
            if (socket.handshake().auth().get("twice") != null) {
                waits(socket, next, "second");
            } else {
                next.next();
            }
        });
        ParentNamespace rooms = io.of(ROOM);
        rooms.use((socket, next) -> {
            if (socket.namespace().name().endsWith("-9")) {
                next.fail("closed");
            } else {
                next.next();
            }
        });
        io.onNewNamespace(namespace -> {
            Matcher room = ROOM.matcher(namespace.name());
            if (room.matches()) {
                log.accept("run" + room.group(1), "new " + namespace.name());
            }
        });
        SocketHandler both = socket -> {
            serve.handle(socket);
            answer(socket, rooms);
        };
        slow.onConnection(both);
        rooms.onConnection(both);
        io.onConnection(socket -> answer(socket, rooms));
        io.of("/custom").onConnection(socket -> answer(socket, rooms));
    }

    private void waits(Socket socket, Next next, String name) {
        log.accept(
                run(socket),
                "waits " + socket.namespace().name() + " " + name + " @"
                        + socket.conn().id());
        waiting.computeIfAbsent(run(socket), key -> new ConcurrentLinkedQueue<>())
                .add(next);
    }

    private void answer(Socket socket, ParentNamespace rooms) {
        String run = run(socket);
        socket.on("release", (args, ack) -> {
            Queue<Next> all = waiting.get(run);
            @Nullable Next next = all == null ? null : all.poll();
            if (next != null) {
                release(next, Objects.toString(args.get(0)));
            }
        });
        socket.on("early", (args, ack) -> io.of("/slow").to("early:" + run).emit("early", 2));
        socket.on("parents", (args, ack) -> rooms.to("run:" + run).emit("parents", args.payload(0)));
        socket.on("hang", (args, ack) -> {
            socket.emit("last", 1);
            socket.conn().close();
        });
        socket.on(
                "state",
                (args, ack) -> socket.emit(
                        "state", socket.data().get("x"), socket.rooms().size(), socket.recovered()));
    }

    private static void release(Next next, String how) {
        switch (how) {
            case "ok" -> next.next();
            case "data" -> next.fail("refused data", Map.of("code", 1, "list", Collections.singletonList(null)));
            default -> next.fail("refused " + how);
        }
    }

    private static String run(Socket socket) {
        return Objects.requireNonNull(socket.handshake().query("run"));
    }
}
