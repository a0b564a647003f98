package dev.sockeye.socketio.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sockeye.socketio.AckTimeoutException;
import dev.sockeye.socketio.AnyListener;
import dev.sockeye.socketio.Event;
import dev.sockeye.socketio.NoArgumentHandler;
import dev.sockeye.socketio.SocketDisconnectedException;
import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.protocol.BindingException;
import dev.sockeye.socketio.protocol.TypeRef;
import dev.sockeye.socketio.server.internal.Peek;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class SocketTest {
    private final TestServer server = new TestServer();
    private final SocketIoServer io = server.io;
    private final List<Object> seen = new ArrayList<>();
    private Socket socket;

    SocketTest() {
        io.onConnection(connected -> socket = connected);
    }

    @Test
    @Tag("sio.socket.03")
    @Tag("sio.socket.04")
    @Tag("sio.socket.05")
    @Tag("sio.socket.08")
    void eventsArriveAsSent() {
        FakeClient client = server.connect();
        socket.on("random", (args, ack) -> seen.addAll(args.toList()));
        socket.on("message", String.class, text -> seen.add(text));
        client.text("42[\"random\",1,\"2\",[3],null,{\"a\":true}]");
        client.text("42[\"message\",\"てすと Я Б Г 👍\"]");
        assertThat(seen).hasSize(6);
        assertThat(seen.subList(0, 4)).isEqualTo(java.util.Arrays.asList(1, "2", List.of(3), null));
        assertThat(seen.get(4)).isEqualTo(Map.of("a", true));
        assertThat(seen.get(5)).isEqualTo("てすと Я Б Г 👍");
        socket.emit("u", "Ä ä Ü ü ß 👍", (Object) null);
        assertThat(client.messages()).containsExactly("42[\"u\",\"Ä ä Ü ü ß 👍\",null]");
    }

    @Test
    @Tag("sio.socket.06")
    @Tag("sio.socket.47")
    @Tag("sio.socket.48")
    void aMalformedPacketClosesTheConnection() {
        for (String bad : List.of("4", "45woooot", "45", "4abc", "42abc", "49")) {
            seen.clear();
            FakeClient client = server.connect();
            socket.onError(error -> seen.add(error.getMessage()));
            socket.onDisconnect((reason, description) -> seen.add(reason));
            client.text(bad);
            assertThat(client.closed()).as(bad).isTrue();
            assertThat(seen).as(bad).hasSize(2).last().isEqualTo(DisconnectReason.FORCED_CLOSE);
            if (bad.startsWith("45")) {
                assertThat(seen.get(0)).isEqualTo("Illegal attachments");
            }
        }
    }

    @Test
    @Tag("sio.socket.46")
    void aConnectErrorFromAClientClosesTheConnection() {
        FakeClient client = server.connect();
        client.text("44[\"x\"]");
        assertThat(client.closed()).isTrue();
        server.connect();
    }

    @Test
    @Tag("sio.socket.09")
    @Tag("sio.socket.10")
    @Tag("sio.socket.11")
    @Tag("sio.socket.12")
    void binaryArgumentsKeepTheirPositions() {
        FakeClient client = server.connect();
        socket.on("bin", (args, ack) -> {
            seen.add(HexFormat.of().formatHex((byte[]) args.get(0)));
            Map<?, ?> map = (Map<?, ?>) args.get(1);
            seen.add(HexFormat.of().formatHex((byte[]) ((List<?>) map.get("x")).get(1)));
        });
        client.text("452-[\"bin\",{\"_placeholder\":true,\"num\":0},{\"x\":[1,{\"_placeholder\":true,\"num\":1}]}]")
                .binary("0102")
                .binary("ff");
        assertThat(seen).containsExactly("0102", "ff");
        socket.emit("out", new byte[] {1}, List.of("a", new byte[] {2}));
        assertThat(client.messages())
                .containsExactly(
                        "452-[\"out\",{\"_placeholder\":true,\"num\":0},[\"a\",{\"_placeholder\":true,\"num\":1}]]",
                        "#01",
                        "#02");
    }

    @Test
    @Tag("sio.socket.14")
    @Tag("sio.socket.16")
    @Tag("sio.socket.22")
    void volatileEventsAreDroppedWithTheirAttachmentsWhenTheTransportIsBusy() {
        FakeClient client = server.connect();
        socket.asVolatile().emit("idle");
        server.loop.run();
        client.stick();
        socket.emit("kept");
        socket.asVolatile().emit("dropped", (Object) new byte[] {1});
        client.unstick();
        socket.emit("kept too");
        assertThat(client.messages()).containsExactly("42[\"idle\"]", "42[\"kept\"]", "42[\"kept too\"]");
    }

    @Test
    @Tag("sio.socket.18")
    @Tag("sio.socket.19")
    void onlyTheFirstOfTwoConsecutiveVolatileEventsArrives() {
        FakeClient client = server.connect();
        socket.asVolatile().emit("one", (Object) new byte[] {1});
        socket.asVolatile().emit("two", (Object) new byte[] {2});
        assertThat(client.messages()).containsExactly("451-[\"one\",{\"_placeholder\":true,\"num\":0}]", "#01");
    }

    @Test
    @Tag("sio.socket.23")
    void sendEmitsAMessageEvent() {
        FakeClient client = server.connect();
        socket.send("a", 2);
        assertThat(client.messages()).containsExactly("42[\"message\",\"a\",2]");
    }

    @Test
    @Tag("sio.socket.24")
    @Tag("sio.socket.27")
    @Tag("sio.socket.29")
    @Tag("sio.socket.32")
    void anAcknowledgementIsSentToTheClientOnlyOnce() {
        FakeClient client = server.connect();
        socket.on("a", (args, ack) -> {
            seen.add(ack.expected());
            ack.send();
            ack.send("again");
        });
        socket.on("b", String.class, (text, ack) -> ack.send(text, new byte[] {7}));
        client.text("421[\"a\"]").text("4212[\"b\",\"x\"]").text("42[\"a\"]");
        assertThat(client.messages())
                .containsExactly("431[]", "461-12[\"x\",{\"_placeholder\":true,\"num\":0}]", "#07");
        assertThat(seen).containsExactly(true, false);
    }

    @Test
    @Tag("sio.socket.26")
    @Tag("sio.socket.28")
    @Tag("sio.socket.30")
    @Tag("sio.socket.31")
    @Tag("sio.socket.33")
    void clientsAnswerEventsOfTheServer() {
        FakeClient client = server.connect();
        CompletableFuture<Arguments> one = socket.emitWithAck("q", "a");
        CompletableFuture<String> two = socket.emitWithAck("r", String.class, (Object) new byte[] {1});
        CompletableFuture<Arguments> three = socket.emitWithAck("s");
        assertThat(client.messages())
                .containsExactly(
                        "420[\"q\",\"a\"]", "451-1[\"r\",{\"_placeholder\":true,\"num\":0}]", "#01", "422[\"s\"]");
        client.text("431[\"two\"]").text("430[\"one\",1]").text("430[\"unknown now\"]");
        client.text("461-2[{\"_placeholder\":true,\"num\":0}]").binary("0a");
        assertThat(one.join().toList()).containsExactly("one", 1);
        assertThat(two.join()).isEqualTo("two");
        assertThat(three.join().get(0)).isEqualTo(new byte[] {10});
        assertThat(Peek.pendingAcks(socket)).isZero();
        assertThat(client.closed()).isFalse();
    }

    @Test
    @Tag("sio.socket-timeout.01")
    @Tag("sio.socket-timeout.02")
    @Tag("sio.socket-timeout.04")
    void anAcknowledgementFailsOnTimeout() {
        FakeClient client = server.connect();
        CompletableFuture<Arguments> answer =
                socket.timeout(Duration.ofMillis(50)).emitWithAck("q");
        CompletableFuture<Arguments> none = socket.timeout(Duration.ZERO).emitWithAck("q");
        server.loop.advance(Duration.ofMillis(49));
        assertThat(answer).isNotDone();
        assertThat(none).isCompletedExceptionally();
        server.loop.advance(Duration.ofMillis(1));
        assertThatThrownBy(answer::join)
                .hasCauseInstanceOf(AckTimeoutException.class)
                .hasMessageContaining("operation has timed out");
        client.text("430[1]").text("431[1]");
        assertThat(none).isCompletedExceptionally();
    }

    @Test
    @Tag("sio.socket-timeout.03")
    @Tag("sio.socket-timeout.05")
    void anAcknowledgementBeforeTheTimeoutCompletes() {
        FakeClient client = server.connect();
        int timers = server.loop.timers();
        CompletableFuture<Arguments> answer =
                socket.timeout(Duration.ofMillis(50)).emitWithAck("q");
        client.text("430[42]");
        assertThat(answer.join().get(0)).isEqualTo(42);
        assertThat(server.loop.timers()).isEqualTo(timers);
    }

    @Test
    void aPendingAcknowledgementFailsWhenTheClientDisconnects() {
        FakeClient client = server.connect();
        CompletableFuture<Arguments> answer =
                socket.timeout(Duration.ofHours(1)).emitWithAck("q");
        client.drop();
        assertThatThrownBy(answer::join)
                .hasCauseInstanceOf(SocketDisconnectedException.class)
                .hasMessageContaining("socket has been disconnected");
        assertThat(socket.emitWithAck("late")).isCompletedExceptionally();
        assertThat(server.loop.timers()).isZero();
    }

    @Test
    void theNumberOfPendingAcknowledgementsIsBounded() {
        TestServer small = new TestServer(options -> options.maxPendingAcks(2));
        List<Socket> sockets = new ArrayList<>();
        small.io.onConnection(sockets::add);
        small.connect();
        sockets.get(0).emitWithAck("q");
        sockets.get(0).emitWithAck("q");
        assertThatThrownBy(() -> sockets.get(0).emitWithAck("q").join()).hasMessageContaining("maxPendingAcks");
    }

    @Test
    void theNumberOfRoomsPerSocketIsBounded() {
        TestServer small = new TestServer(options -> options.maxRoomsPerSocket(2));
        List<Socket> sockets = new ArrayList<>();
        small.io.onConnection(sockets::add);
        small.connect();
        sockets.get(0).join("a", "b");
        sockets.get(0).join("a", sockets.get(0).id());
        assertThatThrownBy(() -> sockets.get(0).join("c"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("maxRoomsPerSocket");
        assertThat(sockets.get(0).rooms()).doesNotContain("c");
    }

    @Test
    @Tag("sio.socket.34")
    @Tag("sio.socket.35")
    @Tag("sio.socket.36")
    @Tag("sio.socket.37")
    void aSocketExposesItsConnectionAndHandshake() {
        FakeClient client = server.open(
                "/socket.io/?EIO=4&transport=websocket&key1=1&key%202=a%26b&&x", new String[] {"X-Custom", "yes"});
        client.join("/");
        assertThat(socket.client().conn()).isSameAs(socket.conn());
        assertThat(socket.conn().id()).isEqualTo(client.engineSid());
        assertThat(socket.request().header("x-custom")).isEqualTo("yes");
        Handshake handshake = socket.handshake();
        assertThat(handshake.query())
                .containsEntry("key1", "1")
                .containsEntry("key 2", "a&b")
                .containsEntry("EIO", "4");
        assertThat(handshake.headers()).containsEntry("x-custom", "yes");
        assertThat(handshake.url()).startsWith("/socket.io/?EIO=4");
        assertThat(handshake.address()).isEqualTo("127.0.0.1");
        assertThat(handshake.secure()).isFalse();
        assertThat(handshake.xdomain()).isFalse();
        assertThat(handshake.time()).contains("GMT");
        assertThat(handshake.toMap())
                .containsOnlyKeys("headers", "time", "address", "xdomain", "secure", "issued", "url", "query", "auth");
    }

    record Auth(String token) {}

    @Test
    @Tag("sio.socket.38")
    void eachNamespaceHasItsOwnAuth() {
        List<Socket> others = new ArrayList<>();
        io.of("/b").onConnection(others::add);
        FakeClient client = server.open();
        client.text("40{\"token\":\"main\"}").text("40/b,{\"token\":\"b\"}");
        assertThat(socket.handshake().auth()).isEqualTo(Map.of("token", "main"));
        assertThat(others.get(0).handshake().auth(Auth.class)).isEqualTo(new Auth("b"));
        assertThat(others.get(0).handshake().query()).containsEntry("EIO", "4");
    }

    @Test
    @Tag("sio.socket.51")
    void packetsAfterLeavingAreIgnored() {
        FakeClient client = server.connect();
        socket.on("e", (args, ack) -> seen.add("never"));
        socket.disconnect();
        client.text("42[\"e\"]")
                .text("451-[\"e\",{\"_placeholder\":true,\"num\":0}]")
                .binary("01");
        assertThat(client.messages()).containsExactly("41");
        assertThat(seen).isEmpty();
        assertThat(client.closed()).isFalse();
        client.join("/");
    }

    @Test
    @Tag("sio.socket.53")
    void joiningAfterLeavingDoesNothing() {
        server.connect();
        socket.disconnect();
        socket.join("room");
        assertThat(io.sockets().adapter().rooms()).isEmpty();
        socket.emit("dropped");
        assertThat(socket.connected()).isFalse();
    }

    @Test
    @Tag("sio.socket.54")
    @Tag("sio.socket.55")
    @Tag("sio.socket.56")
    void catchAllListenersReceiveAllIncomingEvents() {
        FakeClient client = server.connect();
        AnyListener first = (event, args) -> seen.add("1 " + event + " " + args.toList());
        AnyListener second = (event, args) -> seen.add("2 " + event);
        socket.onAny(first);
        socket.prependAny(second);
        assertThat(socket.listenersAny()).containsExactly(second, first);
        client.text("42[\"e\",1]");
        socket.offAny(second);
        client.text("42[\"f\"]");
        socket.offAny();
        client.text("42[\"g\"]");
        assertThat(seen).containsExactly("2 e", "1 e [1]", "1 f []");
        assertThat(socket.listenersAny()).isEmpty();
    }

    @Test
    @Tag("sio.socket.57")
    @Tag("sio.socket.58")
    @Tag("sio.socket.59")
    @Tag("sio.socket.60")
    @Tag("sio.socket.61")
    void outgoingCatchAllListenersReceiveAllOutgoingEvents() {
        server.connect();
        AnyListener first = (event, args) -> seen.add("1 " + event + " " + args.size());
        AnyListener second = (event, args) -> seen.add("2 " + event);
        socket.onAnyOutgoing(first);
        socket.prependAnyOutgoing(second);
        assertThat(socket.listenersAnyOutgoing()).containsExactly(second, first);
        socket.emit("e", 1, 2);
        socket.offAnyOutgoing(second);
        io.emit("b", 1);
        io.emit("bin", (Object) new byte[] {1});
        socket.offAnyOutgoing();
        socket.emit("f");
        assertThat(seen).containsExactly("2 e", "1 e 2", "1 b 1", "1 bin 1");
        assertThat(socket.listenersAnyOutgoing()).isEmpty();
    }

    @Test
    @Tag("sio.socket.62")
    void disconnectingWithCloseClosesTheConnection() {
        List<String> reasons = new ArrayList<>();
        io.of("/b").onConnection(other -> other.onDisconnect((reason, description) -> reasons.add("/b " + reason)));
        FakeClient client = server.connect();
        client.join("/b");
        socket.onDisconnect((reason, description) -> reasons.add("/ " + reason));
        socket.disconnect(true);
        assertThat(client.messages()).contains("41", "41/b,");
        assertThat(client.closed()).isTrue();
        assertThat(reasons).containsExactly("/ server namespace disconnect", "/b server namespace disconnect");
    }

    record Order(int id, List<String> items) {}

    @Test
    void typedListenersReceiveBoundArguments() {
        Event<Order> order = Event.of("order", Order.class);
        FakeClient client = server.connect();
        socket.on(order, (value, ack) -> ack.send(value.id()));
        socket.on("pair", String.class, Integer.class, (a, b) -> seen.add(a + b));
        socket.on("pairAck", String.class, Integer.class, (a, b, ack) -> ack.send(b, a));
        socket.on(
                "list",
                new TypeRef<List<Order>>() {},
                list -> seen.add(list.get(0).items()));
        socket.once("once", () -> seen.add("once"));
        client.text("421[\"order\",{\"id\":5,\"items\":[]}]")
                .text("42[\"pair\",\"a\",2]")
                .text("422[\"pairAck\",\"a\",2]")
                .text("42[\"list\",[{\"id\":1,\"items\":[\"x\"]}]]")
                .text("42[\"once\"]")
                .text("42[\"once\"]");
        assertThat(client.messages()).containsExactly("431[5]", "432[2,\"a\"]");
        assertThat(seen).containsExactly("a2", List.of("x"), "once");
        socket.emit(order, new Order(1, List.of()));
        assertThat(client.messages()).containsExactly("42[\"order\",{\"id\":1,\"items\":[]}]");
    }

    @Test
    void aPayloadThatDoesNotBindIsReportedAndTheConnectionStaysOpen() {
        FakeClient client = server.connect();
        socket.on("order", Order.class, (value, ack) -> seen.add("never"));
        socket.onError(seen::add);
        client.text("421[\"order\",{\"id\":\"x\"}]");
        assertThat(client.messages()).hasSize(1).first().asString().startsWith("431[{\"error\":\"");
        BindingException error = (BindingException) seen.get(0);
        assertThat(error).hasMessageContaining("\"order\"").hasMessageContaining("argument 1");
        assertThat(error.expected()).isEqualTo(Order.class);
        assertThat(error.path()).contains("id");
        assertThat(client.closed()).isFalse();
    }

    @Test
    void aThrowingListenerIsReportedAndDoesNotAffectOthers() {
        FakeClient client = server.connect();
        io.onHandlerError((where, event, error) -> seen.add(event + " " + error.getMessage()));
        socket.on("e", () -> {
            throw new IllegalStateException("oops");
        });
        socket.on("e", () -> seen.add("next"));
        client.text("42[\"e\"]");
        assertThat(seen).containsExactly("e oops", "next");
        assertThat(client.closed()).isFalse();
    }

    @Test
    void listenersCanBeListedAndRemoved() {
        FakeClient client = server.connect();
        NoArgumentHandler one = () -> seen.add(1);
        NoArgumentHandler two = () -> seen.add(2);
        socket.on("e", one);
        socket.on("e", two);
        assertThat(socket.listeners("e")).containsExactly(one, two);
        socket.off("e", one);
        client.text("42[\"e\"]");
        socket.off("e");
        client.text("42[\"e\"]");
        assertThat(seen).containsExactly(2);
    }

    @Test
    void onWritableIsCalledWhenTheClientIsWritableAgain() {
        FakeClient client = server.connect();
        client.stick();
        socket.emit("big");
        assertThat(socket.writable()).isFalse();
        assertThat(socket.bufferedBytes()).isPositive();
        socket.onWritable(() -> seen.add("writable"));
        assertThat(seen).isEmpty();
        client.unstick();
        assertThat(seen).containsExactly("writable");
        socket.onWritable(() -> seen.add("now"));
        server.loop.run();
        assertThat(seen).containsExactly("writable", "now");
    }

    @Test
    @Tag("sio.socket.25")
    void eventsAreSentInOrder() {
        io.of("/x", connected -> {
            connected.emit("1");
            connected.emit("2", (Object) new byte[] {1});
            connected.emit("3");
        });
        FakeClient client = server.open();
        client.text("40/x,");
        List<String> got = client.messages();
        assertThat(got.subList(1, got.size()))
                .containsExactly(
                        "42/x,[\"1\"]", "451-/x,[\"2\",{\"_placeholder\":true,\"num\":0}]", "#01", "42/x,[\"3\"]");
    }

    @Test
    void theCloseCodeOfTheClientIsInTheDisconnectDetails() {
        socketEndsWith(1001);
        socketEndsWith(1006);
        socketEndsWith(4002);
        assertThat(seen)
                .containsExactly(
                        "transport close DisconnectDetails[description=, code=1001, cause=null]",
                        "transport close DisconnectDetails[description=, code=1006, cause=null]",
                        "transport close DisconnectDetails[description=, code=4002, cause=null]");
    }

    private void socketEndsWith(int closeCode) {
        FakeClient client = server.connect();
        socket.onDisconnect((reason, details) -> seen.add(reason + " " + details));
        client.gone(closeCode);
        server.loop.run();
    }
}
