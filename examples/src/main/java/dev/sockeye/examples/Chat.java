package dev.sockeye.examples;

import dev.sockeye.netty.HttpFallback;
import dev.sockeye.netty.NettyHostOptions;
import dev.sockeye.netty.NettyHostProvider;
import dev.sockeye.socketio.server.Next;
import dev.sockeye.socketio.server.Socket;
import dev.sockeye.socketio.server.SocketIoServer;
import dev.sockeye.socketio.server.SocketIoServerOptions;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A chat: messages to everyone and to rooms, typing indicators, a list of users, private messages with acknowledgements. */
@SuppressWarnings("FutureReturnValueIgnored")
public final class Chat {

    // the messages; a payload that cannot be bound is answered with an error and never reaches a handler
    public record Login(String name) {}

    public record Post(String room, String text) {}

    public record Person(String id, String name) {}

    public record Room(String name, int members) {}

    public record Message(String room, Person from, String text) {}

    public record Typing(String room, @Nullable Person from, boolean typing) {}

    public record Here(List<Person> people, List<Room> rooms) {}

    private final SocketIoServer io = SocketIoServer.create(SocketIoServerOptions.builder()
            .connectionStateRecovery(recovery -> recovery.maxDisconnectionDuration(Duration.ofMinutes(2)))
            .build());

    private Chat() {
        io.use(this::login);
        io.onConnection(this::connected);
    }

    /** Starts the chat and its page; blocks until the port (0: any free one) is bound. */
    public static SocketIoServer start(int port) throws IOException {
        return start(port, NettyHostOptions.builder().fallback(page()).build());
    }

    /** The same as {@link #start(int)}, with these host settings, which must include {@link #page()}. */
    public static SocketIoServer start(int port, NettyHostOptions host) throws IOException {
        return new Chat().io.listen(new InetSocketAddress(port), new NettyHostProvider(host));
    }

    /** The files of the page. */
    public static HttpFallback page() {
        return HttpFallback.resources(Chat.class, "/dev/sockeye/examples/chat");
    }

    private void login(Socket socket, Next next) {
        Login login = socket.handshake().auth(Login.class);
        String name = login == null ? null : login.name();
        if (name == null || name.isBlank() || name.length() > 20) {
            next.fail("Please choose a name of 1 to 20 characters.");
        } else {
            socket.data().put("name", name);
            next.next();
        }
    }

    private void connected(Socket socket) {
        Person me = person(socket);
        socket.on("chat message", Post.class, post -> {
            if (post.room().isEmpty()) {
                io.emit("chat message", new Message("", me, post.text()));
            } else if (socket.rooms().contains(post.room())) {
                io.to(post.room()).emit("chat message", new Message(post.room(), me, post.text()));
            }
        });
        socket.on("typing", Typing.class, note -> {
            var others = note.room().isEmpty() ? socket.broadcast() : socket.to(note.room());
            others.emit("typing", new Typing(note.room(), me, note.typing()));
        });
        socket.on("join room", String.class, (room, ack) -> {
            if (room.matches("#.{1,24}")) {
                socket.join(room);
                ack.send(room);
                announce();
            } else {
                ack.error("A room has a name of 1 to 24 characters.");
            }
        });
        socket.on("leave room", String.class, (room, ack) -> {
            socket.leave(room);
            ack.send();
            announce();
        });
        socket.on("private message", String.class, String.class, (to, text, ack) -> {
            Socket other = io.sockets().sockets().get(to);
            if (other == null) {
                ack.error("no longer here");
            } else {
                other.timeout(Duration.ofSeconds(10))
                        .emitWithAck("private message", new Message("", me, text))
                        .whenComplete((answer, failure) -> ack.send(failure == null));
            }
        });
        socket.onDisconnect((reason, description) -> announce());
        announce();
    }

    private static Person person(Socket socket) {
        return new Person(socket.id(), String.valueOf(socket.data().get("name")));
    }

    /** Sends the list of users to everyone; one call at a time, so that the newest list is sent last. */
    private synchronized void announce() {
        List<Person> people =
                io.sockets().sockets().values().stream().map(Chat::person).toList();
        List<Room> rooms = io.sockets().adapter().rooms().entrySet().stream()
                .filter(room -> room.getKey().startsWith("#"))
                .map(room -> new Room(room.getKey(), room.getValue().size()))
                .toList();
        io.emit("here", new Here(people, rooms));
    }
}
