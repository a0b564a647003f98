package dev.sockeye.socketio.server.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.socketio.server.DisconnectReason;
import dev.sockeye.socketio.server.FakeClient;
import dev.sockeye.socketio.server.Handshake;
import dev.sockeye.socketio.server.Socket;
import dev.sockeye.socketio.server.SocketIoServerOptions;
import dev.sockeye.socketio.server.TestServer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Events that must occur exactly once, and isolation between sockets. */
class SocketEdgeCasesTest {
    private final TestServer server = new TestServer(options -> options.maxRoomsPerSocket(2));
    private final List<Socket> sockets = new ArrayList<>();

    SocketEdgeCasesTest() {
        server.io.onConnection(sockets::add);
    }

    @Test
    void aThrowingHandlerIsAnsweredWithAnError() {
        FakeClient client = server.connect();
        Socket socket = sockets.get(0);
        socket.on("fails", () -> {
            throw new IllegalStateException("not for the client; expected in the log of this test");
        });
        socket.on("answers", (args, ack) -> {
            ack.send("ok");
            throw new IllegalStateException("expected in the log of this test");
        });
        socket.on("another answers", () -> {
            throw new IllegalStateException("expected in the log of this test");
        });
        socket.on("another answers", (args, ack) -> ack.send("ok"));
        client.text("421[\"fails\"]")
                .text("42[\"fails\"]")
                .text("422[\"answers\"]")
                .text("423[\"another answers\"]");
        assertThat(client.messages())
                .containsExactly("431[{\"error\":\"internal error\"}]", "432[\"ok\"]", "433[\"ok\"]");
    }

    @Test
    void writableCallbacksAreNeverLost() throws InterruptedException {
        server.connect();
        SocketCore core = Peek.core(sockets.get(0));
        int callbacks = 50_000;
        AtomicInteger called = new AtomicInteger();
        Runnable callback = called::incrementAndGet;
        CountDownLatch started = new CountDownLatch(1);
        Thread other = new Thread(() -> {
            for (int i = 0; i < callbacks; i++) {
                core.listeners().hook(SocketHooks.WRITABLE, callback, false);
                started.countDown();
            }
        });
        other.start();
        started.await();
        while (other.isAlive()) {
            core.listeners().onWritable();
        }
        core.listeners().onWritable();
        assertThat(called).hasValue(callbacks);
    }

    @Test
    void aSocketAtItsRoomLimitDoesNotPreventOthersFromJoining() {
        server.connect();
        server.connect();
        server.connect();
        sockets.get(0).join("a", "b");
        sockets.get(1).join("a", "b");
        server.io.socketsJoin("room");
        assertThat(sockets.get(0).rooms()).doesNotContain("room");
        assertThat(sockets.get(2).rooms()).contains("room");
        server.io.in(sockets.get(2).id()).socketsJoin("last");
        assertThat(sockets.get(2).rooms()).contains("last");
    }

    @Test
    void theReasonIsSentBeforeTheDisconnectPacketAndPassedToHandlers() {
        FakeClient client = server.connect();
        List<String> seen = new ArrayList<>();
        sockets.get(0)
                .onDisconnecting(
                        (reason, details) -> seen.add("disconnecting " + reason + ", " + details.description()));
        sockets.get(0)
                .onDisconnect((reason, details) -> seen.add("disconnect " + reason + ", " + details.description()));
        sockets.get(0).disconnect("logged in elsewhere");
        sockets.get(0).disconnect("again");
        assertThat(client.messages())
                .containsExactly("42[\"sockeye:disconnect\",{\"reason\":\"logged in elsewhere\"}]", "41");
        assertThat(seen)
                .containsExactly(
                        "disconnecting server namespace disconnect, logged in elsewhere",
                        "disconnect server namespace disconnect, logged in elsewhere");
        assertThat(client.closed()).isFalse();
        client.join("/");
    }

    @Test
    void theReasonIsSentInEachNamespaceOfAClosedConnection() {
        server.io.of("/other").onConnection(sockets::add);
        FakeClient client = server.connect();
        client.join("/other");
        sockets.get(0).disconnect("blocked", true);
        assertThat(client.messages())
                .containsExactly(
                        "42[\"sockeye:disconnect\",{\"reason\":\"blocked\"}]",
                        "41",
                        "42/other,[\"sockeye:disconnect\",{\"reason\":\"blocked\"}]",
                        "41/other,");
        assertThat(client.closed()).isTrue();
    }

    @Test
    void anEmptyReasonIsNotSent() {
        FakeClient client = server.connect();
        sockets.get(0).disconnect("");
        assertThat(client.messages()).containsExactly("41");
    }

    @Test
    void disconnectHandlersAreCalledOnceForRepeatedDisconnects() {
        FakeClient client = server.connect();
        Socket socket = sockets.get(0);
        List<String> seen = new ArrayList<>();
        socket.onDisconnecting((reason, description) -> seen.add("disconnecting"));
        socket.onDisconnect((reason, description) -> {
            seen.add("disconnect");
            Peek.core(socket).cleanup();
            socket.disconnect(false);
            Peek.core(socket).leave(DisconnectReason.TRANSPORT_CLOSE, null);
        });
        client.drop();
        Peek.core(socket).cleanup();
        assertThat(seen).containsExactly("disconnecting", "disconnect");
        assertThat(Peek.members(server.io.sockets())).isZero();
    }

    @Test
    void aDynamicNamespaceIsRemovedOnlyAfterItsLastSocketLeaves() {
        TestServer dynamic = new TestServer(options -> options.cleanupEmptyChildNamespaces(true));
        List<Socket> joined = new ArrayList<>();
        dynamic.io.of(java.util.regex.Pattern.compile("^/room-")).onConnection(joined::add);
        FakeClient one = dynamic.open();
        one.join("/room-1");
        FakeClient two = dynamic.open();
        two.join("/room-1");
        one.drop();
        Peek.core(joined.get(0)).cleanup();
        assertThat(dynamic.io.namespaces()).containsKey("/room-1");
        two.drop();
        assertThat(dynamic.io.namespaces()).doesNotContainKey("/room-1");
    }

    @Test
    void anEngineConnectionHandlerDoesNotReplaceTheSocketIoHandler() {
        List<String> seen = new ArrayList<>();
        server.io.engine().onConnection(session -> seen.add(session.id()));
        FakeClient client = server.connect();
        assertThat(seen).containsExactly(client.engineSid());
        assertThat(sockets).hasSize(1);
    }

    @Test
    void anOverlongNamespaceNameIsNotEchoedAndClosesTheConnection() {
        FakeClient client = server.open();
        String fits = "/" + "x".repeat(ClientCore.MAX_NAMESPACE_LENGTH - 1);
        client.text("40" + fits + ",");
        assertThat(client.next()).isEqualTo("44" + fits + ",{\"message\":\"Invalid namespace\"}");
        client.text("40" + fits + "x,");
        assertThat(client.messages()).isEmpty();
        assertThat(client.closed()).isTrue();
    }

    @Test
    void allValuesOfAQueryParameterAreAvailable() {
        FakeClient client = server.open("/socket.io/?EIO=4&transport=websocket&a=1&a=2&b=%20&a=3&c", new String[0]);
        client.join("/");
        Handshake handshake = sockets.get(0).handshake();
        assertThat(handshake.query()).containsEntry("a", "3").containsEntry("b", " ");
        assertThat(handshake.queryAll())
                .containsEntry("a", List.of("1", "2", "3"))
                .containsEntry("b", List.of(" "))
                .containsEntry("c", List.of(""));
        assertThat(handshake.query("a")).isEqualTo("3");
        assertThat(handshake.query("missing")).isNull();
        assertThat(handshake.queryAll("a")).containsExactly("1", "2", "3");
        assertThat(handshake.queryAll("missing")).isEmpty();
    }

    @Test
    void engineOptionsAreMerged() {
        SocketIoServerOptions options = SocketIoServerOptions.builder()
                .maxHttpBufferSize(5_000)
                .engine(engine -> engine.maxConnections(3))
                .build();
        assertThat(options.engine().maxHttpBufferSize()).isEqualTo(5_000);
        assertThat(options.engine().maxConnections()).isEqualTo(3);
        assertThat(options.engine().path()).isEqualTo("/socket.io");
    }
}
