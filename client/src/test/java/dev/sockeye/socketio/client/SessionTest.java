package dev.sockeye.socketio.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sockeye.engineio.protocol.EnginePacket;
import dev.sockeye.socketio.DisconnectDetails;
import dev.sockeye.socketio.client.engine.CloseReason;
import dev.sockeye.socketio.client.engine.Engine;
import dev.sockeye.socketio.protocol.Arguments;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
@ParameterizedClass
@EnumSource(TestServers.class)
class SessionTest {
    @Parameter
    private TestServers server;

    private static final Duration SHORT = Duration.ofSeconds(20);
    private final SocketIoClient io = SocketIoClient.create();

    @AfterEach
    void close() {
        io.close();
    }

    private static ClientOptionsBuilder fresh() {
        return ClientOptions.builder().forceNew(true).reconnectionDelay(Duration.ofMillis(10));
    }

    private Socket connected() throws InterruptedException {
        return io.socket(server.main(), fresh().build()).connectBlocking(SHORT);
    }

    private Arguments ask(String event, String answer) throws Exception {
        Socket socket = connected();
        var next = socket.next(answer);
        socket.emit(event);
        return next.get(20, TimeUnit.SECONDS);
    }

    @Test
    @Tag("sioc.connection.38")
    void binaryFromTheServerArrives() throws Exception {
        assertThat(ask("doge", "doge").get(0)).isEqualTo("asdfasdf".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    @Test
    @Tag("sioc.connection.39")
    @Tag("sioc.connection.40")
    @Tag("sioc.connection.41")
    void binaryFromTheClientArrivesInOrder() throws Exception {
        Socket socket = connected();
        byte[] bytes = {1, 2, 3, (byte) 200};
        var plain = socket.next("buffack");
        var nested = socket.next("jsonbuff-ack");
        var ordered = socket.next("abuff2-ack");
        socket.emit("buffa", bytes);
        socket.emit("jsonbuff", Map.of("hello", "lol", "message", bytes, "goodbye", "gotcha"));
        socket.emit("abuff1", bytes);
        socket.emit("abuff2", "please arrive second");
        plain.get(20, TimeUnit.SECONDS);
        nested.get(20, TimeUnit.SECONDS);
        ordered.get(20, TimeUnit.SECONDS);
    }

    @Test
    @Tag("sioc.connection.45")
    void anExistingSocketIsReturnedAndReconnects() throws Exception {
        Manager manager = io.manager(server.main(), fresh().build());
        Socket socket = manager.socket("/").connectBlocking(SHORT);
        CountDownLatch left = new CountDownLatch(1);
        socket.onceDisconnect((reason, details) -> left.countDown());
        socket.disconnect();
        assertThat(left.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(manager.socket("/")).isSameAs(socket);
        socket.connectBlocking(SHORT);
    }

    private static List<String> record(Manager manager) {
        List<String> sent = Collections.synchronizedList(new ArrayList<>());
        manager.connection().probe.sent = packet -> {
            if (packet instanceof EnginePacket.Message message) {
                sent.add(message.text());
            }
        };
        return sent;
    }

    @Test
    @Tag("sioc.connection.46")
    @Tag("sioc.connection.47")
    void repeatedConnectCallsSendOneConnectPacket() throws Exception {
        Manager manager = io.manager(server.main(), fresh().autoConnect(false).build());
        List<String> sent = record(manager);
        Socket socket = manager.socket("/");
        assertThat(manager.socket("/")).isSameAs(socket);
        Socket foo = manager.socket("/foo");
        socket.connect().connect();
        foo.connect();
        socket.connectBlocking(SHORT);
        foo.connectBlocking(SHORT);
        socket.disconnect();
        foo.disconnect();
        await().untilAsserted(() -> assertThat(sent).containsExactly("0", "0/foo,", "1", "1/foo,"));
    }

    @Test
    @Tag("sioc.connection.48")
    void anUndecodablePacketClosesTheConnectionAndTheClientReconnects() throws Exception {
        Socket socket = connected();
        Engine before = socket.io().connection().engine();
        CountDownLatch back = new CountDownLatch(1);
        List<DisconnectReason> reasons = Collections.synchronizedList(new ArrayList<>());
        socket.onDisconnect((reason, details) -> reasons.add(reason));
        socket.io().onReconnect(n -> back.countDown());
        socket.io().run(() -> before.receivedForTests(EnginePacket.Message.text("bad")));
        assertThat(back.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(reasons).containsExactly(DisconnectReason.PARSE_ERROR);
        assertThat(socket.io().connection().engine()).isNotSameAs(before);
        await().untilAsserted(() -> assertThat(before.state()).isEqualTo(Engine.State.CLOSED));
    }

    @Test
    @Tag("sioc.connection.27")
    void aSocketIoVersion2ServerIsReported() throws Exception {
        Socket socket = io.socket(server.main(), fresh().autoConnect(false).build());
        List<String> errors = Collections.synchronizedList(new ArrayList<>());
        socket.onConnectError(e -> errors.add(e.getMessage()));
        socket.connectBlocking(SHORT);
        socket.io()
                .run(() ->
                        socket.core().onPacket(new dev.sockeye.socketio.protocol.SocketPacket.Connect("/", null), 1));
        await().untilAsserted(
                        () -> assertThat(errors).singleElement().asString().contains("v2.x"));
    }

    @Test
    @Tag("sioc.connection-state-recovery.01")
    void stateIsRecoveredAfterTheTransportWasLost() throws Exception {
        Socket socket = connected();
        String id = socket.id();
        socket.call("join", SHORT, "room");
        var marker = socket.next("hi");
        socket.emit("hi"); // sets the offset
        marker.get(20, TimeUnit.SECONDS);
        List<Object> received = Collections.synchronizedList(new ArrayList<>());
        socket.on("room", String.class, text -> received.add(text));
        CountDownLatch back = new CountDownLatch(1);
        CountDownLatch lost = new CountDownLatch(1);
        socket.onDisconnect((reason, details) -> lost.countDown());
        socket.onConnect(back::countDown);
        Socket other = connected();
        socket.io().reconnection(false);
        socket.io().run(() -> {
            Engine engine = socket.io().connection().engine();
            engine.end(CloseReason.TRANSPORT_CLOSE, DisconnectDetails.NONE);
        });
        assertThat(lost.await(20, TimeUnit.SECONDS)).isTrue();
        other.emit("toRoom", "room", "missed");
        other.call("join", SHORT, "elsewhere"); // the server has sent it
        assertThat(received).isEmpty();
        socket.connect();
        assertThat(back.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(socket.id()).isEqualTo(id);
        assertThat(socket.recovered()).isTrue();
        other.emit("toRoom", "room", "still here");
        await().untilAsserted(() -> assertThat(received).containsExactly("missed", "still here"));
    }

    @Test
    void aClientThatNeverReceivedAnEventIsRecoveredBySockeyeButNotByNode() throws Exception {
        Socket socket = connected();
        String id = socket.id();
        CountDownLatch back = new CountDownLatch(1);
        socket.onConnect(back::countDown);
        socket.io().closeEngine();
        assertThat(back.await(20, TimeUnit.SECONDS)).isTrue();
        boolean ours = server == TestServers.SOCKEYE;
        assertThat(socket.recovered()).isEqualTo(ours);
        assertThat(id.equals(socket.id())).isEqualTo(ours);
    }
}
