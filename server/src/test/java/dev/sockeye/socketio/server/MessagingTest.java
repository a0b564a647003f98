package dev.sockeye.socketio.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.socketio.AckTimeoutException;
import dev.sockeye.socketio.adapter.RoomListener;
import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.server.internal.Peek;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class MessagingTest {
    private final TestServer server = new TestServer();
    private final SocketIoServer io = server.io;
    private final List<Socket> sockets = new ArrayList<>();

    MessagingTest() {
        io.onConnection(sockets::add);
    }

    @Test
    @Tag("sio.messaging-many.01")
    @Tag("sio.socket.07")
    void serverEmitReachesOnlyTheMainNamespace() {
        io.of("/other");
        FakeClient one = server.connect();
        FakeClient two = server.connect();
        FakeClient three = server.open();
        three.join("/other");
        io.emit("a", "b");
        assertThat(one.messages()).containsExactly("42[\"a\",\"b\"]");
        assertThat(two.messages()).containsExactly("42[\"a\",\"b\"]");
        assertThat(three.messages()).isEmpty();
    }

    @Test
    @Tag("sio.messaging-many.02")
    void serverEmitSupportsBinary() {
        FakeClient one = server.connect();
        FakeClient two = server.connect();
        io.emit("bin", (Object) new byte[] {1, 2, 3});
        for (FakeClient client : List.of(one, two)) {
            assertThat(client.messages()).containsExactly("451-[\"bin\",{\"_placeholder\":true,\"num\":0}]", "#010203");
        }
    }

    @Test
    @Tag("sio.messaging-many.03")
    void aBroadcastExcludesTheSender() {
        FakeClient one = server.connect();
        FakeClient two = server.connect();
        sockets.get(0).broadcast().emit("a");
        assertThat(one.messages()).isEmpty();
        assertThat(two.messages()).containsExactly("42[\"a\"]");
    }

    @Test
    @Tag("sio.messaging-many.04")
    void aSocketEmitsToTheOtherSocketsInARoom() {
        FakeClient one = server.connect();
        FakeClient two = server.connect();
        FakeClient three = server.connect();
        sockets.get(0).join("room");
        sockets.get(1).join("room");
        sockets.get(0).to("room").emit("a");
        assertThat(one.messages()).isEmpty();
        assertThat(two.messages()).containsExactly("42[\"a\"]");
        assertThat(three.messages()).isEmpty();
    }

    @Test
    @Tag("sio.messaging-many.05")
    void aSocketInTwoRoomsGetsAnEventOnce() {
        FakeClient one = server.connect();
        sockets.get(0).join("a", "b");
        io.to("a").to("b").emit("e");
        io.in("a", "b").emit("f");
        assertThat(one.messages()).containsExactly("42[\"e\"]", "42[\"f\"]");
    }

    @Test
    @Tag("sio.messaging-many.06")
    @Tag("sio.messaging-many.07")
    void broadcastsArriveInOrder() {
        FakeClient one = server.connect();
        FakeClient two = server.connect();
        sockets.forEach(socket -> socket.join("woot"));
        sockets.get(0).to("woot").emit("a");
        sockets.get(0).to("woot").emit("b", (Object) new byte[] {9});
        sockets.get(0).broadcast().emit("c");
        assertThat(one.messages()).isEmpty();
        assertThat(two.messages())
                .containsExactly("42[\"a\"]", "451-[\"b\",{\"_placeholder\":true,\"num\":0}]", "#09", "42[\"c\"]");
    }

    @Test
    @Tag("sio.messaging-many.08")
    @Tag("sio.messaging-many.09")
    void joiningAndLeavingTakeEffectImmediately() {
        server.connect();
        Socket socket = sockets.get(0);
        socket.join("a");
        assertThat(socket.rooms()).containsExactlyInAnyOrder(socket.id(), "a");
        assertThat(io.sockets().adapter().rooms()).containsOnlyKeys(socket.id(), "a");
        socket.join("b");
        assertThat(socket.rooms()).containsExactlyInAnyOrder(socket.id(), "a", "b");
        socket.leave("b");
        assertThat(socket.rooms()).containsExactlyInAnyOrder(socket.id(), "a");
        assertThat(io.sockets().adapter().rooms()).doesNotContainKey("b");
    }

    @Test
    @Tag("sio.messaging-many.10")
    @Tag("sio.messaging-many.11")
    void severalRoomsAreJoinedAndLeftInOneCall() {
        server.connect();
        Socket socket = sockets.get(0);
        socket.join("a", "b", "c");
        assertThat(socket.rooms()).containsExactlyInAnyOrder(socket.id(), "a", "b", "c");
        socket.leave("a", "b");
        assertThat(socket.rooms()).containsExactlyInAnyOrder(socket.id(), "c");
        assertThat(io.sockets().adapter().rooms()).containsOnlyKeys(socket.id(), "c");
    }

    @Test
    @Tag("sio.messaging-many.12")
    @Tag("sio.messaging-many.13")
    @Tag("sio.namespaces.25")
    @Tag("sio.namespaces.27")
    void exceptExcludesSocketsAndRooms() {
        FakeClient one = server.connect();
        FakeClient two = server.connect();
        FakeClient three = server.connect();
        sockets.get(1).join("quiet");
        io.except(sockets.get(0).id()).emit("a");
        io.except("quiet").emit("b");
        io.except(sockets.get(0).id()).except("quiet").emit("c");
        assertThat(one.messages()).containsExactly("42[\"b\"]");
        assertThat(two.messages()).containsExactly("42[\"a\"]");
        assertThat(three.messages()).containsExactly("42[\"a\"]", "42[\"b\"]", "42[\"c\"]");
    }

    @Test
    @Tag("sio.namespaces.26")
    void exceptWorksInACustomNamespace() {
        List<Socket> others = new ArrayList<>();
        io.of("/nsp").onConnection(others::add);
        FakeClient one = server.open();
        FakeClient two = server.open();
        one.join("/nsp");
        two.join("/nsp");
        io.of("/nsp").except(others.get(1).id()).emit("a");
        assertThat(one.messages()).containsExactly("42/nsp,[\"a\"]");
        assertThat(two.messages()).isEmpty();
    }

    @Test
    @Tag("sio.messaging-many.14")
    @Tag("sio.namespaces.03")
    void eachChainedCallReturnsANewOperator() {
        FakeClient one = server.connect();
        FakeClient two = server.connect();
        sockets.get(0).join("a");
        sockets.get(1).join("b");
        BroadcastOperator operator = io.to("a");
        for (BroadcastOperator changed : List.of(
                operator.to("b"),
                operator.in("b"),
                operator.except("a"),
                operator.asVolatile(),
                operator.local(),
                operator.compress(false),
                operator.timeout(Duration.ofSeconds(1)))) {
            assertThat(changed).isNotSameAs(operator);
        }
        assertThat(io.sockets().to("a")).isNotSameAs(io.sockets().to("a"));
        operator.emit("e");
        assertThat(one.messages()).containsExactly("42[\"e\"]");
        assertThat(two.messages()).isEmpty();
        assertThat(one.compressFlags()).containsExactly(true, true);
    }

    @Test
    @Tag("sio.messaging-many.15")
    @Tag("sio.messaging-many.17")
    void aBroadcastCollectsTheAnswersOfAllClients() {
        FakeClient one = server.connect();
        FakeClient two = server.connect();
        CompletableFuture<List<Arguments>> answers =
                io.timeout(Duration.ofSeconds(3)).emitWithAck("q", 1);
        assertThat(one.messages()).containsExactly("420[\"q\",1]");
        assertThat(two.messages()).containsExactly("420[\"q\",1]");
        two.text("430[2]");
        assertThat(answers).isNotDone();
        one.text("430[1]");
        assertThat(answers.join()).extracting(args -> args.get(0)).containsExactly(2, 1);
        assertThat(sockets).allMatch(socket -> Peek.pendingAcks(socket) == 0);
    }

    @Test
    @Tag("sio.messaging-many.16")
    @Tag("sio.messaging-many.18")
    void aBroadcastTimeoutReportsTheReceivedAnswers() {
        FakeClient one = server.connect();
        server.connect();
        CompletableFuture<List<Arguments>> answers =
                io.timeout(Duration.ofSeconds(3)).emitWithAck("q");
        one.text("430[\"x\"]");
        server.loop.advance(Duration.ofSeconds(3));
        assertThat(answers).isCompletedExceptionally();
        try {
            answers.join();
        } catch (CompletionException e) {
            AckTimeoutException timeout = (AckTimeoutException) e.getCause();
            assertThat(timeout).hasMessage("operation has timed out");
            assertThat(timeout.responses()).extracting(args -> args.get(0)).containsExactly("x");
        }
        assertThat(sockets).allMatch(socket -> Peek.pendingAcks(socket) == 0);
    }

    @Test
    @Tag("sio.messaging-many.19")
    void aBroadcastToAnEmptyRoomCompletesImmediately() {
        server.connect();
        CompletableFuture<List<Arguments>> answers =
                io.to("nobody").timeout(Duration.ofSeconds(3)).emitWithAck("q");
        assertThat(answers.join()).isEmpty();
    }

    @Test
    @Tag("sio.messaging-many.20")
    @Tag("adapter.index.06")
    void aBroadcastIsEncodedOnce() {
        FakeClient one = server.connect();
        FakeClient two = server.connect();
        one.payloads().clear();
        two.payloads().clear();
        io.emit("a", "x".repeat(70_000));
        assertThat(one.next()).isEqualTo("42[\"a\",\"" + "x".repeat(70_000) + "\"]");
        assertThat(two.messages()).hasSize(1);
        assertThat(one.payloads().get(0)).isSameAs(two.payloads().get(0));
    }

    @Test
    @Tag("sio.utility-methods.01")
    @Tag("sio.utility-methods.02")
    @Tag("sio.namespaces.16")
    @Tag("sio.namespaces.17")
    @Tag("sio.namespaces.18")
    void fetchSocketsReturnsTheMatchingSockets() {
        io.of("/other");
        server.connect();
        server.connect();
        server.connect();
        server.open().join("/other");
        sockets.get(0).join("a");
        sockets.get(1).join("b");
        assertThat(io.fetchSockets().join()).hasSize(3);
        assertThat(io.of("/other").fetchSockets().join()).hasSize(1);
        List<RemoteSocket> found = io.in("a").fetchSockets().join();
        assertThat(found)
                .extracting(RemoteSocket::id)
                .containsExactly(sockets.get(0).id());
        assertThat(found.get(0).rooms())
                .containsExactlyInAnyOrder(sockets.get(0).id(), "a");
        assertThat(io.in("a").in("b").fetchSockets().join())
                .extracting(RemoteSocket::id)
                .containsExactlyInAnyOrder(sockets.get(0).id(), sockets.get(1).id());
    }

    @Test
    @Tag("sio.utility-methods.04")
    @Tag("sio.utility-methods.05")
    @Tag("sio.utility-methods.06")
    @Tag("sio.utility-methods.07")
    void socketsJoinAndSocketsLeaveApplyToTheMatchingSockets() {
        server.connect();
        server.connect();
        io.socketsJoin("all");
        assertThat(sockets).allMatch(socket -> socket.rooms().contains("all"));
        sockets.get(0).join("x");
        io.in("x").socketsJoin("y", "z");
        assertThat(sockets.get(0).rooms()).contains("y", "z");
        assertThat(sockets.get(1).rooms()).doesNotContain("y", "z");
        io.in("x").socketsLeave("y");
        assertThat(sockets.get(0).rooms()).contains("z").doesNotContain("y");
        io.socketsLeave("all");
        assertThat(sockets).noneMatch(socket -> socket.rooms().contains("all"));
    }

    @Test
    @Tag("sio.utility-methods.08")
    @Tag("sio.utility-methods.09")
    void disconnectSocketsDisconnectsTheMatchingSockets() {
        FakeClient one = server.connect();
        FakeClient two = server.connect();
        sockets.get(0).join("x");
        io.in("x").disconnectSockets(true);
        assertThat(one.messages()).startsWith("41");
        assertThat(one.closed()).isTrue();
        assertThat(two.closed()).isFalse();
        io.disconnectSockets();
        assertThat(two.messages()).containsExactly("41");
        assertThat(two.closed()).isFalse();
    }

    @Test
    @Tag("sio.namespaces.19")
    @Tag("sio.namespaces.20")
    @Tag("sio.socket.20")
    void aVolatileBroadcastIsDroppedForBusyClients() {
        FakeClient one = server.connect();
        io.asVolatile().emit("idle");
        assertThat(one.messages()).containsExactly("42[\"idle\"]");
        one.stick();
        io.emit("regular");
        io.asVolatile().emit("dropped", (Object) new byte[] {1});
        io.emit("after");
        assertThat(one.messages()).containsExactly("42[\"regular\"]", "42[\"after\"]");
    }

    @Test
    @Tag("sio.namespaces.21")
    @Tag("sio.namespaces.22")
    @Tag("sio.socket.43")
    @Tag("sio.socket.44")
    void compressionIsEnabledByDefault() {
        FakeClient one = server.connect();
        one.compressFlags().clear();
        io.emit("a");
        io.compress(false).emit("b");
        sockets.get(0).emit("c");
        sockets.get(0).compress(false).emit("d");
        one.messages();
        assertThat(one.compressFlags()).containsExactly(true, false, true, false);
    }

    @Test
    @Tag("sio.namespaces.02")
    void theServerDelegatesToTheMainNamespace() {
        FakeClient one = server.connect();
        io.send("hello");
        io.sockets().send("world");
        assertThat(one.messages()).containsExactly("42[\"message\",\"hello\"]", "42[\"message\",\"world\"]");
    }

    @Test
    void roomListenersAreNotifiedUntilTheSocketHasLeft() {
        List<String> events = new ArrayList<>();
        io.sockets().adapter().addRoomListener(new RoomListener() {
            @Override
            public void onCreateRoom(String room) {
                events.add("create");
            }

            @Override
            public void onJoinRoom(String room, String socketId) {
                events.add("join");
            }

            @Override
            public void onLeaveRoom(String room, String socketId) {
                events.add("leave");
            }

            @Override
            public void onDeleteRoom(String room) {
                events.add("delete");
            }
        });
        FakeClient one = server.connect();
        assertThat(events).containsExactly("create", "join");
        one.drop();
        assertThat(events).containsExactly("create", "join", "leave", "delete");
    }

    @Test
    @Tag("sio.uws.01")
    void aBroadcastReachesClientsOnEachTransport() {
        FakeClient socket = server.connect();
        String url = server.poll();
        server.post(url, "40");
        assertThat(server.get(url).body()).startsWith("40{");
        FakeExchange poll = server.get(url);
        io.emit("hello");
        server.loop.run();
        assertThat(poll.body()).isEqualTo("42[\"hello\"]");
        assertThat(socket.messages()).containsExactly("42[\"hello\"]");
    }

    @Test
    @Tag("sio.uws.02")
    @Tag("sio.uws.03")
    @Tag("sio.uws.04")
    @Tag("sio.uws.05")
    void aBroadcastStaysInItsNamespace() {
        io.of("/custom");
        io.of(Pattern.compile("^/dynamic-\\d+$"));
        FakeClient main = server.connect();
        FakeClient custom = server.open();
        custom.join("/custom");
        FakeClient dynamic = server.open();
        dynamic.join("/dynamic-101");
        server.loop.run();
        io.of("/custom").emit("hello");
        io.of("/dynamic-101").emit("hello");
        assertThat(custom.messages()).containsExactly("42/custom,[\"hello\"]");
        assertThat(dynamic.messages()).containsExactly("42/dynamic-101,[\"hello\"]");
        assertThat(main.messages()).isEmpty();
        io.asVolatile().emit("bin", (Object) new byte[] {1, 2});
        assertThat(main.messages()).containsExactly("451-[\"bin\",{\"_placeholder\":true,\"num\":0}]", "#0102");
        assertThat(custom.messages()).isEmpty();
    }

    @Test
    @Tag("sio.uws.06")
    @Tag("sio.uws.07")
    @Tag("sio.uws.08")
    @Tag("sio.uws.10")
    void aBroadcastGoesToRooms() {
        FakeClient one = server.connect();
        FakeClient two = server.connect();
        FakeClient three = server.connect();
        sockets.get(0).join("room1");
        sockets.get(1).join("room2");
        io.to("room1").emit("a");
        io.to("room1", "room2").emit("b");
        io.except("room2").emit("c");
        sockets.get(0).leave("room1");
        io.to("room1").emit("d");
        assertThat(one.messages()).containsExactly("42[\"a\"]", "42[\"b\"]", "42[\"c\"]");
        assertThat(two.messages()).containsExactly("42[\"b\"]");
        assertThat(three.messages()).containsExactly("42[\"c\"]");
    }
}
