package dev.sockeye.socketio.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sockeye.engineio.protocol.EnginePacket;
import dev.sockeye.socketio.AckTimeoutException;
import dev.sockeye.socketio.AnyListener;
import dev.sockeye.socketio.ConnectErrorException;
import dev.sockeye.socketio.SocketDisconnectedException;
import dev.sockeye.socketio.SocketIoException;
import dev.sockeye.socketio.client.transport.TransportName;
import dev.sockeye.socketio.protocol.Arguments;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
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
class SocketTest {
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

    private Socket connected(String path) throws InterruptedException {
        return io.socket(server.main() + path, fresh().build()).connectBlocking(SHORT);
    }

    private Socket closed(ClientOptionsBuilder options) {
        return io.socket(server.main(), options.autoConnect(false).build());
    }

    @Test
    @Tag("sioc.socket.01")
    @Tag("sioc.socket.02")
    void theSocketIdMatchesTheServerAndDiffersFromTheSessionId() throws Exception {
        for (String path : List.of("/", "/foo")) {
            Socket socket = connected(path);
            assertThat(socket.call("getId", SHORT).get(0)).isEqualTo(socket.id());
            assertThat(socket.id()).isNotEqualTo(socket.io().engineId());
        }
    }

    @Test
    @Tag("sioc.socket.03")
    void theIdIsNullAfterADisconnect() throws Exception {
        Socket socket = connected("/");
        CompletableFuture<String> id = new CompletableFuture<>();
        socket.onDisconnect((reason, details) -> {
            assertThat(reason).isEqualTo(DisconnectReason.IO_CLIENT_DISCONNECT);
            id.complete(String.valueOf(socket.id()));
        });
        socket.disconnect();
        assertThat(id.get(20, TimeUnit.SECONDS)).isEqualTo("null");
    }

    @Test
    @Tag("sioc.socket.04")
    void disconnectingWhileOpeningIsNotAnError() throws Exception {
        Socket socket = closed(fresh());
        AtomicInteger errors = new AtomicInteger();
        socket.io().onError(e -> errors.incrementAndGet());
        socket.connect().disconnect();
        await().during(200, TimeUnit.MILLISECONDS).until(() -> errors.get() == 0);
    }

    @Test
    @Tag("sioc.socket.08")
    void aLostConnectionIsNotReportedAsAConnectError() throws Exception {
        Socket socket = connected("/");
        AtomicInteger errors = new AtomicInteger();
        CountDownLatch lost = new CountDownLatch(1);
        socket.onConnectError(e -> errors.incrementAndGet());
        socket.onDisconnect((reason, details) -> lost.countDown());
        socket.io().closeEngine();
        assertThat(lost.await(20, TimeUnit.SECONDS)).isTrue();
        await().during(200, TimeUnit.MILLISECONDS).until(() -> errors.get() == 0);
    }

    @Test
    @Tag("sioc.socket.09")
    void theIdChangesAfterAReconnection() throws Exception {
        Socket socket = io.socket(server.url("quick"), fresh().build()).connectBlocking(SHORT);
        String id = socket.id();
        CountDownLatch back = new CountDownLatch(1);
        socket.onConnect(back::countDown);
        socket.io().closeEngine();
        assertThat(back.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(socket.id()).isNotNull().isNotEqualTo(id);
    }

    @Test
    @Tag("sioc.socket.12")
    @Tag("sioc.socket.13")
    @Tag("sioc.socket.14")
    @Tag("sioc.socket.15")
    @Tag("sioc.socket.16")
    void theServerReceivesTheQuery() throws Exception {
        for (String path : List.of("/?c=d&g=h", "/abc?c=d&g=h")) {
            Socket socket = io.socket(
                    server.main() + path,
                    fresh().autoConnect(false)
                            .query(Map.of("e", "f", "&a", "&=?a"))
                            .build());
            var next = socket.next("handshake");
            socket.connectBlocking(SHORT);
            Object handshake = path.startsWith("/abc")
                    ? next.get(20, TimeUnit.SECONDS).get(0)
                    : socket.call("getHandshake", SHORT).get(0);
            Map<?, ?> query = (Map<?, ?>) ((Map<?, ?>) handshake).get("query");
            assertThat(query.get("c")).isEqualTo("d");
            assertThat(query.get("g")).isEqualTo("h");
            assertThat(query.get("e")).isEqualTo("f");
            assertThat(query.get("&a")).isEqualTo("&=?a");
        }
    }

    private record Credentials(String a, String c) {}

    @Test
    @Tag("sioc.socket.17")
    @Tag("sioc.socket.18")
    void theServerReceivesTheCredentials() throws Exception {
        List<ClientOptionsBuilder> ways = List.of(
                fresh().auth(new Credentials("b", "d")),
                fresh().authSupplier(() -> Map.of("a", "b", "c", "d")),
                fresh().authAsync(() -> CompletableFuture.supplyAsync(() -> Map.of("a", "b", "c", "d"))));
        for (ClientOptionsBuilder way : ways) {
            Socket socket =
                    io.socket(server.main() + "/abc", way.autoConnect(false).build());
            var next = socket.next("handshake");
            socket.connect();
            Map<?, ?> handshake = (Map<?, ?>) next.get(20, TimeUnit.SECONDS).get(0);
            assertThat(handshake.get("auth")).isEqualTo(Map.of("a", "b", "c", "d"));
            assertThat(((Map<?, ?>) handshake.get("query")).get("a")).isNull();
        }
    }

    @Test
    @Tag("sioc.socket.19")
    @Tag("sioc.socket.20")
    void aRefusedConnectionIsReportedOnceWithMessageAndData() throws Exception {
        Socket socket =
                io.socket(server.main() + "/no", fresh().autoConnect(false).build());
        List<ConnectErrorException> errors = Collections.synchronizedList(new ArrayList<>());
        socket.onConnectError(errors::add);
        assertThatThrownBy(() -> socket.connectBlocking(SHORT)).hasMessage("Auth failed (custom namespace)");
        socket.io().closeEngine();
        await().during(100, TimeUnit.MILLISECONDS)
                .untilAsserted(() -> assertThat(errors).singleElement().satisfies(e -> {
                    assertThat(e.getMessage()).isEqualTo("Auth failed (custom namespace)");
                    assertThat(e.refused()).isTrue();
                    assertThat(e.data().get()).isEqualTo(Map.of("code", 42));
                }));
    }

    @Test
    @Tag("sioc.socket.21")
    void disconnectFollowedByConnectEmitsOneDisconnectEvent() throws Exception {
        Socket socket = io.socket(
                server.main(),
                fresh().transports(TransportName.WEBSOCKET).autoConnect(false).build());
        AtomicInteger disconnects = new AtomicInteger();
        AtomicInteger connects = new AtomicInteger();
        socket.onDisconnect((reason, details) -> disconnects.incrementAndGet());
        socket.onConnect(connects::incrementAndGet);
        socket.onceConnect(() -> socket.disconnect().connect());
        socket.connect();
        await().until(() -> connects.get() == 2);
        assertThat(disconnects).hasValue(1);
    }

    @Test
    @Tag("sioc.socket.22")
    void reservedEventNamesAreRefused() {
        Socket socket = closed(fresh());
        assertThatThrownBy(() -> socket.emit("disconnecting", "goodbye"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("\"disconnecting\" is a reserved event name");
    }

    @Test
    @Tag("sioc.socket.23")
    @Tag("sioc.socket.47")
    void bufferedAndLiveEventsKeepTheirOrder() throws Exception {
        Socket socket = closed(fresh());
        List<Object> answers = Collections.synchronizedList(new ArrayList<>());
        socket.onConnect(() -> socket.emit("echo", Arguments.of("second"), (error, args) -> answers.add(args.get(0))));
        socket.emit("echo", Arguments.of("first"), (error, args) -> answers.add(args.get(0)));
        socket.connect();
        await().untilAsserted(() -> assertThat(answers).containsExactly("first", "second"));
    }

    @Test
    @Tag("sioc.socket.24")
    @Tag("sioc.socket.38")
    @Tag("sioc.socket.40")
    void anAcknowledgementIsReceived() throws Exception {
        Socket socket = connected("/");
        assertThat(socket.emitWithAck("echo", Integer.class, 123).get(20, TimeUnit.SECONDS))
                .isEqualTo(123);
        assertThat(socket.timeout(Duration.ofSeconds(2))
                        .emitWithAck("echo", 42)
                        .get(20, TimeUnit.SECONDS)
                        .get(0))
                .isEqualTo(42);
        CompletableFuture<Object> answer = new CompletableFuture<>();
        socket.timeout(Duration.ofSeconds(2))
                .emit("echo", Arguments.of(42), (error, args) -> answer.complete(error == null ? args.get(0) : error));
        assertThat(answer.get(20, TimeUnit.SECONDS)).isEqualTo(42);
    }

    @Test
    @Tag("sioc.socket.25")
    void aVolatileEventIsDiscardedWhileDisconnected() throws Exception {
        Socket socket = closed(fresh());
        List<String> sent = record(socket);
        var lost = socket.asVolatile().emitWithAck("getId");
        var kept = socket.emitWithAck("getId");
        socket.connect();
        assertThat(kept.get(20, TimeUnit.SECONDS).get(0)).isEqualTo(socket.id());
        assertThat(lost).isCompletedExceptionally();
        assertThat(sent).containsExactly("0", "21[\"getId\"]");
    }

    @Test
    @Tag("sioc.socket.26")
    void aVolatileEventIsDiscardedWhileTheTransportIsBusy() throws Exception {
        Socket socket = connected("/");
        CountDownLatch done = new CountDownLatch(1);
        List<Object> results = Collections.synchronizedList(new ArrayList<>());
        socket.io().run(() -> {
            socket.emit("getId", Arguments.none(), (error, args) -> {
                results.add("plain");
                done.countDown();
            });
            socket.asVolatile().emit("getId", Arguments.none(), (error, args) -> results.add(error == null));
        });
        assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(results).containsExactly(false, "plain");
    }

    @Test
    @Tag("sioc.socket.27")
    void aVolatileEventIsSentOverAnIdleTransport() throws Exception {
        Socket socket = connected("/");
        await().until(() -> {
            CompletableFuture<Boolean> sent = new CompletableFuture<>();
            socket.asVolatile().emit("getId", Arguments.none(), (error, args) -> sent.complete(error == null));
            return sent.get(20, TimeUnit.SECONDS);
        });
    }

    @Test
    @Tag("sioc.socket.28")
    @Tag("sioc.socket.29")
    @Tag("sioc.socket.30")
    void catchAllListenersReceiveIncomingEvents() throws Exception {
        Socket socket =
                io.socket(server.main() + "/abc", fresh().autoConnect(false).build());
        List<String> calls = Collections.synchronizedList(new ArrayList<>());
        AnyListener removed = (event, args) -> calls.add("removed");
        socket.onAny((event, args) -> calls.add("last " + event + (args.get(0) instanceof Map)));
        socket.prependAny((event, args) -> calls.add("second"));
        socket.prependAny((event, args) -> calls.add("first"));
        socket.onAny(removed);
        socket.offAny(removed);
        assertThat(socket.listenersAny()).hasSize(3);
        socket.connect();
        await().untilAsserted(() -> assertThat(calls).containsExactly("first", "second", "last handshaketrue"));
    }

    @Test
    @Tag("sioc.socket.31")
    @Tag("sioc.socket.32")
    @Tag("sioc.socket.33")
    @Tag("sioc.socket.34")
    void catchAllListenersReceiveOutgoingEvents() throws Exception {
        Socket socket = connected("/abc");
        List<String> calls = Collections.synchronizedList(new ArrayList<>());
        AnyListener removed = (event, args) -> calls.add("removed");
        socket.onAnyOutgoing((event, args) ->
                calls.add(event + (args.get(0) instanceof byte[] bytes ? Arrays.toString(bytes) : args.get(0))));
        socket.prependAnyOutgoing((event, args) -> calls.add("first"));
        socket.onAnyOutgoing(removed);
        socket.offAnyOutgoing(removed);
        socket.emit("my-event", "123");
        socket.emit("my-event", (Object) new byte[] {1, 2, 3});
        await().untilAsserted(
                        () -> assertThat(calls).containsExactly("first", "my-event123", "first", "my-event[1, 2, 3]"));
    }

    private static void assertTimesOut(CompletableFuture<?> future) {
        assertThatThrownBy(() -> future.get(20, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(AckTimeoutException.class)
                .hasMessageContaining("operation has timed out");
    }

    @Test
    @Tag("sioc.socket.35")
    void anAcknowledgementTimesOutWhileDisconnected() throws Exception {
        Socket socket = closed(fresh());
        assertTimesOut(socket.timeout(Duration.ofMillis(50)).emitWithAck("event"));
        assertThat(socket.core().outbox().bufferSize()).isZero();
    }

    @Test
    @Tag("sioc.socket.36")
    @Tag("sioc.socket.37")
    @Tag("sioc.socket.39")
    @Tag("sioc.socket.41")
    void aMissingAcknowledgementTimesOut() throws Exception {
        Socket socket = connected("/");
        assertTimesOut(socket.timeout(Duration.ofMillis(50)).emitWithAck("unknown"));
        assertTimesOut(socket.timeout(Duration.ZERO).emitWithAck("echo", 42));
        CompletableFuture<SocketIoException> callback = new CompletableFuture<>();
        socket.timeout(Duration.ofMillis(50))
                .emit("unknown", Arguments.none(), (error, args) -> callback.complete(error));
        assertThat(callback.get(20, TimeUnit.SECONDS)).isInstanceOf(AckTimeoutException.class);
        Socket other = closed(fresh().ackTimeout(Duration.ofMillis(50))).connectBlocking(SHORT);
        assertTimesOut(other.emitWithAck("unknown"));
    }

    @Test
    @Tag("sioc.socket.42")
    @Tag("sioc.socket.43")
    @Tag("sioc.socket.44")
    @Tag("sioc.socket.45")
    @Tag("sioc.socket.46")
    void pendingAcknowledgementsFailOnDisconnect() throws Exception {
        Socket socket = closed(fresh().ackTimeout(Duration.ofSeconds(10))).connectBlocking(SHORT);
        AtomicInteger calls = new AtomicInteger();
        CompletableFuture<SocketIoException> callback = new CompletableFuture<>();
        socket.emit("unknown", Arguments.none(), (error, args) -> {
            calls.incrementAndGet();
            callback.complete(error);
        });
        CompletableFuture<SocketIoException> timed = new CompletableFuture<>();
        socket.timeout(Duration.ofSeconds(9)).emit("unknown", Arguments.none(), (error, args) -> timed.complete(error));
        var future = socket.emitWithAck("unknown");
        var timedFuture = socket.timeout(Duration.ofSeconds(9)).emitWithAck("unknown");
        socket.disconnect();
        assertThat(callback.get(20, TimeUnit.SECONDS))
                .isInstanceOf(SocketDisconnectedException.class)
                .hasMessage("socket has been disconnected");
        assertThat(timed.get(20, TimeUnit.SECONDS)).isInstanceOf(SocketDisconnectedException.class);
        for (var each : List.of(future, timedFuture)) {
            assertThatThrownBy(() -> each.get(20, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(SocketDisconnectedException.class);
        }
        assertThat(calls).hasValue(1);
    }

    @Test
    @Tag("sioc.socket.48")
    void emitDetectsAnExpiredHeartbeat() throws Exception {
        Socket socket = connected("/");
        List<DisconnectReason> reasons = Collections.synchronizedList(new ArrayList<>());
        socket.onDisconnect((reason, details) -> reasons.add(reason));
        CountDownLatch set = new CountDownLatch(1);
        socket.io().run(() -> {
            socket.io().connection().engine().expirePingForTests();
            set.countDown();
        });
        assertThat(set.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(socket.emitWithAck("echo", "a").get(20, TimeUnit.SECONDS).get(0))
                .isEqualTo("a");
        assertThat(reasons).containsExactly(DisconnectReason.PING_TIMEOUT);
    }

    private static List<String> record(Socket socket) {
        List<String> sent = Collections.synchronizedList(new ArrayList<>());
        socket.io().connection().probe.sent = packet -> {
            if (packet instanceof EnginePacket.Message message) {
                sent.add(message.text());
            }
        };
        return sent;
    }
}
