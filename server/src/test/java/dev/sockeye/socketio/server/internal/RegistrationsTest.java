package dev.sockeye.socketio.server.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.socketio.Event;
import dev.sockeye.socketio.NoArgumentHandler;
import dev.sockeye.socketio.Registration;
import dev.sockeye.socketio.Request;
import dev.sockeye.socketio.TwoArgumentHandler;
import dev.sockeye.socketio.UnknownEventHandler;
import dev.sockeye.socketio.protocol.BindingException;
import dev.sockeye.socketio.server.FakeClient;
import dev.sockeye.socketio.server.Socket;
import dev.sockeye.socketio.server.SocketIoServer;
import dev.sockeye.socketio.server.TestServer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

/** Handlers, listeners and middlewares can be removed, wherever they can be added. */
class RegistrationsTest {
    private static final Event<String> TEXT = Event.of("text", String.class);

    private final TestServer server = new TestServer();
    private final SocketIoServer io = server.io;
    private final List<Object> seen = new ArrayList<>();
    private final List<Socket> sockets = new ArrayList<>();

    private FakeClient connect() {
        io.onConnection(sockets::add);
        FakeClient client = server.connect();
        client.messages();
        return client;
    }

    private Socket socket() {
        return sockets.get(0);
    }

    @Test
    void closedSocketRegistrationsAreNotCalled() {
        FakeClient client = connect();
        Socket socket = socket();
        NoArgumentHandler kept = () -> seen.add("kept");
        List<Registration> registrations = List.of(
                socket.on("text", () -> seen.add("none")),
                socket.on(TEXT, text -> seen.add(text)),
                socket.once(TEXT, (text, ack) -> seen.add(text)),
                socket.prepend(TEXT, text -> seen.add(text)),
                socket.onRequest("text", String.class, String::length),
                socket.onAny((event, args) -> seen.add(event)),
                socket.prependAny((event, args) -> seen.add(event)),
                socket.onAnyOutgoing((event, args) -> seen.add("out")),
                socket.prependAnyOutgoing((event, args) -> seen.add("out")),
                socket.onUnknownEvent((event, args, ack) -> seen.add(event)),
                socket.use((event, next) -> seen.add(event)),
                socket.onError(error -> seen.add(error)),
                socket.onDisconnecting((reason, details) -> seen.add(reason)),
                socket.onDisconnect((reason, details) -> seen.add(reason)));
        socket.on("text", kept);
        registrations.forEach(Registration::close);
        registrations.forEach(Registration::close);
        server.loop.run();
        client.text("42[\"text\",\"a\"]").text("42[\"unknown\"]");
        socket.emit("x");
        assertThat(socket.listeners("text")).containsExactly(kept);
        socket.disconnect();
        assertThat(seen).containsExactly("kept");
    }

    @Test
    void closedServerRegistrationsAreNotCalled() {
        List<Registration> registrations = List.of(
                io.onConnection(socket -> seen.add("connection")),
                io.sockets().prependConnection(socket -> seen.add("connection")),
                io.use((socket, next) -> seen.add("middleware")),
                io.onNewNamespace(namespace -> seen.add(namespace)),
                io.onHandlerError((socket, event, error) -> seen.add(error)),
                io.onAck((socket, event, took, error) -> seen.add(event)),
                io.onServerSideEvent("e", (args, ack) -> seen.add("e")),
                io.onServerSideEvent(TEXT, text -> seen.add(text)),
                io.onServerSideRequest(Request.of("r", String.class, Integer.class), String::length));
        registrations.forEach(Registration::close);
        FakeClient client = connect();
        io.of("/new");
        socket().on("fails", () -> {
            throw new IllegalStateException();
        });
        CompletableFuture<?> answer = socket().emitWithAck("q");
        client.text("42[\"fails\"]").text("430[]");
        server.loop.run();
        assertThat(answer).isCompleted();
        assertThat(seen).isEmpty();
    }

    @Test
    void handlersAreCalledInOrderAndListed() {
        FakeClient client = connect();
        Socket socket = socket();
        TwoArgumentHandler<String, Integer> two = (text, number) -> seen.add(text + number);
        socket.on("e", String.class, Integer.class, two);
        socket.prepend("e", () -> seen.add("first"));
        socket.once("e", String.class, Integer.class, (text, number, ack) -> ack.send(text));
        socket.on("other", () -> {});
        assertThat(socket.eventNames()).containsExactly("e", "other");
        assertThat(socket.listeners("e")).hasSize(3).contains(two);
        client.text("421[\"e\",\"x\",1]").text("422[\"e\",\"x\",2]");
        assertThat(client.messages()).containsExactly("431[\"x\"]");
        assertThat(seen).containsExactly("first", "x1", "first", "x2");
        socket.removeAllListeners();
        assertThat(socket.eventNames()).isEmpty();
        assertThat(socket.namespaceName()).isEqualTo("/");
    }

    @Test
    void unknownEventsAreHandledByTheUnknownEventHandler() {
        FakeClient client = connect();
        UnknownEventHandler fallback = (event, args, ack) -> {
            seen.add(event + args.toList());
            ack.error("unknown event " + event);
        };
        socket().onUnknownEvent(fallback);
        socket().on("known", () -> seen.add("known"));
        client.text("42[\"known\"]").text("421[\"unknown\",1]");
        assertThat(seen).containsExactly("known", "unknown[1]");
        assertThat(client.next()).isEqualTo("431[{\"error\":\"unknown event unknown\"}]");
        socket().onUnknownEvent((event, args, ack) -> {
            throw new IllegalStateException("oops");
        });
        io.onHandlerError((socket, event, error) -> seen.add(error.getMessage()));
        client.text("42[\"unknown\",2]");
        assertThat(seen).containsExactly("known", "unknown[1]", "unknown[2]", "oops");
    }

    @Test
    void loggingOfUnknownEventsAndInvalidPayloadsIsLimited() {
        List<LogRecord> records = new ArrayList<>();
        Handler recorder = new Handler() {
            @Override
            public void publish(LogRecord logged) {
                records.add(logged);
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        Logger logger = Logger.getLogger(SocketListeners.class.getName());
        logger.addHandler(recorder);
        logger.setLevel(Level.FINE);
        try {
            FakeClient client = connect();
            client.text("42[\"no\\u000abody\"]");
            assertThat(records).singleElement().satisfies(logged -> {
                assertThat(logged.getLevel()).isEqualTo(Level.FINE);
                assertThat(logged.getMessage()).startsWith("no handler of event \"no?body\" on Socket[/ ");
            });
            socket().onError(seen::add);
            socket().on("n", Integer.class, number -> {});
            for (int i = 0; i < 1_000; i++) {
                client.text("42[\"n\",{}]");
            }
            assertThat(seen).hasSize(1_000).allMatch(BindingException.class::isInstance);
            assertThat(records).hasSizeLessThan(500).last().satisfies(logged -> {
                assertThat(logged.getLevel()).isEqualTo(Level.WARNING);
                assertThat(logged.getMessage()).contains("event \"n\", argument 1: ", "at $");
            });
        } finally {
            logger.removeHandler(recorder);
            logger.setLevel(null);
        }
    }
}
