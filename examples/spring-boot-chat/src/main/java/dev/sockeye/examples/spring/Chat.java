package dev.sockeye.examples.spring;

import dev.sockeye.socketio.server.MiddlewareException;
import dev.sockeye.socketio.server.Socket;
import dev.sockeye.socketio.server.SocketIoServer;
import dev.sockeye.spring.OnConnect;
import dev.sockeye.spring.OnDisconnect;
import dev.sockeye.spring.OnEvent;
import dev.sockeye.spring.SocketIoController;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.springframework.security.access.prepost.PreAuthorize;

/** A chat: messages to everyone and to rooms, typing indicators, a list of users, private messages with acknowledgements. */
@SocketIoController
class Chat {

    record Login(String name) {}

    record Post(
            @NotNull String room,
            @NotBlank @Size(max = 2000) String text) {}

    record Person(String id, String name) {}

    record Room(String name, int members) {}

    record Message(String room, Person from, String text) {}

    record Typing(@NotNull String room, @Nullable Person from, boolean typing) {}

    record Here(List<Person> people, List<Room> rooms) {}

    private final SocketIoServer io;

    Chat(SocketIoServer io) {
        this.io = io;
        io.use((socket, next) -> {
            Login login = socket.handshake().auth(Login.class);
            String name = login == null ? null : login.name();
            if (name == null || name.isBlank() || name.length() > 20) {
                next.fail("Please choose a name of 1 to 20 characters.");
            } else {
                socket.data().put("name", name);
                next.next();
            }
        });
    }

    @OnConnect
    void connected() {
        announce();
    }

    @OnDisconnect
    void left() {
        announce();
    }

    @OnEvent("chat message")
    void chatMessage(Socket socket, @Valid Post post) {
        Message message = new Message(post.room(), person(socket), post.text());
        if (post.room().isEmpty()) {
            io.emit("chat message", message);
        } else if (socket.rooms().contains(post.room())) {
            io.to(post.room()).emit("chat message", message);
        }
    }

    @OnEvent("typing")
    void typing(Socket socket, @Valid Typing note) {
        var others = note.room().isEmpty() ? socket.broadcast() : socket.to(note.room());
        others.emit("typing", new Typing(note.room(), person(socket), note.typing()));
    }

    @OnEvent("join room")
    String join(Socket socket, String room) throws MiddlewareException {
        if (!room.matches("#.{1,24}")) {
            throw new MiddlewareException("A room has a name of 1 to 24 characters.", null);
        }
        socket.join(room);
        announce();
        return room;
    }

    @OnEvent("leave room")
    void leave(Socket socket, String room) {
        socket.leave(room);
        announce();
    }

    @OnEvent("close room")
    @PreAuthorize("hasRole('ADMIN')")
    void closeRoom(String room) {
        io.in(room).socketsLeave(room);
        announce();
    }

    /** Answers whether the other user has received the message. */
    @OnEvent("private message")
    CompletionStage<Boolean> privateMessage(Socket socket, String to, String text) {
        Socket other = io.sockets().sockets().get(to);
        if (other == null) {
            return CompletableFuture.failedStage(new MiddlewareException("no longer here", null));
        }
        return other.timeout(Duration.ofSeconds(10))
                .emitWithAck("private message", new Message("", person(socket), text))
                .handle((answer, failure) -> failure == null);
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
