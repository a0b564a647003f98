package dev.sockeye.socketio.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.socketio.server.internal.Peek;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class MiddlewareTest {
    private final TestServer server = new TestServer();
    private final SocketIoServer io = server.io;
    private final List<String> seen = new ArrayList<>();

    @Test
    @Tag("sio.middleware.01")
    @Tag("sio.middleware.08")
    @Tag("sio.middleware.04")
    @Tag("sio.middleware.10")
    void middlewaresRunInOrderBeforeTheConnection() {
        io.use((socket, next) -> {
            seen.add("1 " + socket.connected() + " " + io.sockets().sockets().size());
            socket.data().put("name", "joe");
            next.next();
        });
        io.use((socket, next) -> {
            seen.add("2 " + socket.data().get("name"));
            next.next();
        });
        io.onConnection(socket -> seen.add("connection " + socket.data().get("name") + " " + socket.connected() + " "
                + io.sockets().sockets().containsKey(socket.id())));
        server.connect();
        assertThat(seen).containsExactly("1 false 0", "2 joe", "connection joe true true");
    }

    @Test
    @Tag("sio.middleware.02")
    @Tag("sio.middleware.03")
    void aMiddlewareErrorRefusesTheConnection() {
        io.use((socket, next) -> {
            if (socket.handshake().auth().isEmpty()) {
                throw new MiddlewareException("Authentication error", null);
            }
            next.fail("Authentication error", Map.of("a", "b", "c", 3));
        });
        io.use((socket, next) -> seen.add("never"));
        io.onConnection(socket -> seen.add("never"));
        FakeClient client = server.open();
        client.text("40");
        assertThat(client.next()).isEqualTo("44{\"message\":\"Authentication error\"}");
        client.text("40{\"x\":1}");
        assertThat(client.next())
                .startsWith("44{\"message\":\"Authentication error\",\"data\":{")
                .contains("\"a\":\"b\"", "\"c\":3");
        assertThat(seen).isEmpty();
        assertThat(Peek.members(io.sockets())).isZero();
        client.text("42[\"e\"]");
        assertThat(client.closed()).isTrue();
    }

    @Test
    void anUnexpectedMiddlewareExceptionIsLoggedButNotSentToTheClient() {
        io.onHandlerError((socket, event, error) -> seen.add(event + " " + error.getMessage()));
        io.use((socket, next) -> {
            throw new IllegalStateException("expected in the log of this test");
        });
        FakeClient client = server.open();
        client.text("40");
        assertThat(client.next()).isEqualTo("44{\"message\":\"internal server error\"}");
        assertThat(seen).containsExactly("middleware expected in the log of this test");
        assertThat(Peek.members(io.sockets())).isZero();
    }

    @Test
    void anInvalidAuthPayloadIsDescribedInTheConnectError() {
        record Credentials(int token) {}
        io.use((socket, next) -> {
            socket.handshake().auth(Credentials.class);
            next.next();
        });
        FakeClient client = server.open();
        client.text("40{\"token\":\"x\"}");
        assertThat(client.next()).startsWith("44{\"message\":").contains("token");
    }

    @Test
    @Tag("sio.middleware.05")
    @Tag("sio.middleware.09")
    void aSlowMiddlewareIsAwaitedWithoutBlockingOtherNamespaces() {
        List<Next> waiting = new ArrayList<>();
        io.use((socket, next) -> waiting.add(next));
        io.of("/fast");
        FakeClient client = server.open();
        client.text("40");
        assertThat(client.messages()).isEmpty();
        client.join("/fast");
        waiting.get(0).next();
        assertThat(client.next()).startsWith("40{\"sid\":");
        waiting.get(0).fail("too late");
        assertThat(client.messages()).isEmpty();
    }

    @Test
    @Tag("sio.middleware.06")
    void aClientThatDisconnectsDuringAMiddlewareNeverConnects() {
        List<Next> waiting = new ArrayList<>();
        io.use((socket, next) -> {
            socket.join("room");
            waiting.add(next);
        });
        io.onConnection(socket -> seen.add("never"));
        FakeClient client = server.open();
        client.text("40");
        client.drop();
        waiting.get(0).next();
        server.loop.run();
        assertThat(seen).isEmpty();
        assertThat(Peek.members(io.sockets())).isZero();
        assertThat(io.sockets().adapter().rooms()).isEmpty();
    }

    @Test
    @Tag("sio.middleware.07")
    void eachNamespaceHasItsOwnMiddlewares() {
        io.use((socket, next) -> seen.add("main"));
        io.of("/chat").use((socket, next) -> {
            seen.add("1");
            next.next();
        });
        io.of("/chat").use((socket, next) -> {
            seen.add("2");
            next.next();
        });
        server.open().join("/chat");
        assertThat(seen).containsExactly("1", "2");
    }

    @Test
    void aSecondConnectWhileAMiddlewareIsPendingReplacesTheFirst() {
        List<Next> waiting = new ArrayList<>();
        io.use((socket, next) -> waiting.add(next));
        FakeClient client = server.open();
        client.text("40").text("40");
        waiting.get(0).next();
        assertThat(client.messages()).isEmpty();
        waiting.get(1).next();
        assertThat(client.messages()).hasSize(1);
        assertThat(Peek.members(io.sockets())).isEqualTo(1);
    }

    @Test
    @Tag("sio.uws.09")
    void roomsJoinedInAMiddlewareAreKept() {
        io.use((socket, next) -> {
            socket.join("m");
            next.next();
        });
        FakeClient client = server.connect();
        io.to("m").emit("e");
        assertThat(client.messages()).containsExactly("42[\"e\"]");
    }

    @Test
    @Tag("sio.socket.52")
    void aRefusedSocketLeavesItsRooms() {
        io.use((socket, next) -> {
            socket.join("a", "b");
            next.fail("nope");
        });
        server.open().text("40");
        assertThat(io.sockets().adapter().rooms()).isEmpty();
    }

    @Test
    @Tag("sio.socket-middleware.01")
    void socketMiddlewaresCanModifyTheEvent() {
        List<Object> got = new ArrayList<>();
        io.onConnection(socket -> {
            socket.use((event, next) -> {
                assertThat(event.args()).containsExactly("woot");
                event.args().add("wrap");
                event.name("join2");
                next.next();
            });
            socket.use((event, next) -> {
                event.args().add(event.name());
                next.next();
            });
            socket.on("join", () -> got.add("never"));
            socket.on("join2", (args, ack) -> got.addAll(args.toList()));
        });
        server.connect().text("42[\"join\",\"woot\"]");
        assertThat(got).containsExactly("woot", "wrap", "join2");
    }

    @Test
    @Tag("sio.socket-middleware.02")
    void aSocketMiddlewareCanRejectAnEvent() {
        List<Object> got = new ArrayList<>();
        io.onConnection(socket -> {
            socket.use((event, next) -> next.fail("Authentication error"));
            socket.use((event, next) -> got.add("never"));
            socket.on("e", () -> got.add("never"));
            socket.onError(error -> got.add(error.getMessage()));
        });
        FakeClient client = server.connect();
        client.text("42[\"e\"]");
        assertThat(got).containsExactly("Authentication error");
        assertThat(client.closed()).isFalse();
    }

    @Test
    void anExceptionOfASocketMiddlewareAfterItsDecisionIsReported() {
        TestServer server = new TestServer();
        List<String> seen = new ArrayList<>();
        server.io.onHandlerError((socket, event, error) -> seen.add(event + " " + error.getMessage()));
        server.io.onConnection(socket -> {
            socket.use((event, next) -> {
                next.next();
                throw new IllegalStateException("expected in the log of this test");
            });
            socket.on("hello", (args, ack) -> seen.add("handled"));
            socket.onError(error -> seen.add("error"));
        });
        server.connect().text("42[\"hello\"]");
        assertThat(seen).containsExactly("handled", "hello expected in the log of this test");
    }
}
