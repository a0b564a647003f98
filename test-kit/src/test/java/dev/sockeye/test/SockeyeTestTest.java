package dev.sockeye.test;

import static dev.sockeye.test.SockeyeAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sockeye.socketio.AckErrorException;
import dev.sockeye.socketio.Event;
import dev.sockeye.socketio.Request;
import dev.sockeye.socketio.client.DisconnectReason;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SockeyeTestTest {
    private static final Event<Chat.Message> SAID = Event.of("said", Chat.Message.class);
    private static final Request<String, Integer> LENGTH = Request.of("length", String.class, Integer.class);

    @Test
    void sockeyeTestWorksWithoutJunit() {
        try (SockeyeTest sockeye = SockeyeTest.create()) {
            new Chat().register(sockeye.server());
            TestSocket ada = sockeye.connect();
            ada.emit("message", "hello");
            assertThat(ada).received("message", "hello");
        }
    }

    @Test
    void argumentsAreComparedInTheirSerializedForm() {
        try (SockeyeTest sockeye = SockeyeTest.create()) {
            TestSocket ada = sockeye.connect();
            sockeye.server()
                    .emit(
                            "all",
                            1,
                            2.5,
                            null,
                            true,
                            List.of(new Chat.Message("a", "b")),
                            new byte[] {1, 2},
                            Map.of("k", 7L));
            assertThat(ada)
                    .received(
                            "all",
                            1.0,
                            2.5,
                            null,
                            true,
                            List.of(Map.of("author", "a", "text", "b")),
                            new byte[] {1, 2},
                            Map.of("k", 7))
                    .didNotReceive("all", 1);
            sockeye.server().emit("bytes", (Object) new byte[] {1, 2});
            assertThat(ada).received("bytes", (Object) new byte[] {1, 2}).didNotReceive("bytes", (Object)
                    new byte[] {1, 3});
        }
    }

    @Test
    void typedEventsAndRequestsAreSupported() {
        try (SockeyeTest sockeye = SockeyeTest.create()) {
            sockeye.server().onConnection(socket -> {
                socket.on(SAID, message -> socket.emit(SAID, message));
                socket.onRequest(LENGTH, String::length);
            });
            TestSocket ada = sockeye.connect();
            ada.emit(SAID, new Chat.Message("ada", "hi"));
            assertThat(ada).received(SAID, new Chat.Message("ada", "hi"));
            assertThat(ada.received().get(0).get(0, Chat.Message.class)).isEqualTo(new Chat.Message("ada", "hi"));
            assertThat(ada.call(LENGTH, "four")).isEqualTo(4);
            assertThatThrownBy(() -> ada.call(Request.of("length", List.class, Integer.class), List.of(1)))
                    .isInstanceOf(AckErrorException.class);
        }
    }

    @Test
    void aFailureMessageListsTheReceivedEvents() {
        try (SockeyeTest sockeye =
                SockeyeTest.builder().timeout(Duration.ofMillis(10)).build()) {
            new Chat().register(sockeye.server());
            TestSocket ada = sockeye.connect();
            ada.emit("message", "hello");
            ada.emit("fail");
            assertThatThrownBy(() -> assertThat(ada).received("message", "good bye"))
                    .isInstanceOf(AssertionError.class)
                    .hasMessage("""
                            Expected client 1 (/) to receive:
                              message("good bye")
                            but it received:
                              message("hello")
                            The socket is connected.
                            A handler or listener failed: java.lang.IllegalStateException: no such room""");
            assertThatThrownBy(() -> assertThat(ada).didNotReceive("message"))
                    .hasMessageContaining("not to receive:\n  message(...)");
            assertThatThrownBy(() -> assertThat(ada).receivedNothing()).isInstanceOf(AssertionError.class);
            assertThatThrownBy(() -> assertThat(ada).receivedTimes(2, "message"))
                    .isInstanceOf(AssertionError.class);
            assertThatThrownBy(() -> assertThat(ada).isDisconnected()).isInstanceOf(AssertionError.class);
            ada.clearReceived();
            assertThat(ada).receivedNothing();
            assertThat(sockeye.handlerErrors()).hasSize(1);
        }
    }

    @Test
    void theOrderOfEventsCanBeAsserted() {
        try (SockeyeTest sockeye =
                SockeyeTest.builder().timeout(Duration.ofMillis(10)).build()) {
            TestSocket ada = sockeye.connect();
            for (String event : List.of("one", "two", "three", "two")) {
                sockeye.server().emit(event);
            }
            assertThat(ada).receivedInOrder("one", "three", "two").receivedTimes(2, "two");
            assertThatThrownBy(() -> assertThat(ada).receivedInOrder("three", "one"))
                    .hasMessageContaining("in this order:\n  three, one");
        }
    }

    @Test
    void closeFailsAfterAnUnexpectedHandlerException() {
        SockeyeTest sockeye = SockeyeTest.create();
        new Chat().register(sockeye.server());
        sockeye.connect().emit("fail");
        assertThatThrownBy(sockeye::close).isInstanceOf(AssertionError.class).hasMessageContaining("no such room");
        sockeye.close();
    }

    @Test
    void closeFailsAfterAnUnexpectedListenerException() {
        SockeyeTest sockeye = SockeyeTest.create();
        TestSocket ada = sockeye.connect();
        ada.socket().on("x", () -> {
            throw new AssertionError("wrong x");
        });
        sockeye.server().emit("x");
        assertThatThrownBy(sockeye::close).isInstanceOf(AssertionError.class).hasMessageContaining("wrong x");
    }

    @Test
    void connectFailsWhenTheServerRefusesTheClient() {
        try (SockeyeTest sockeye = SockeyeTest.create()) {
            new Chat().register(sockeye.server());
            assertThatThrownBy(() -> sockeye.connect("/members"))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("client 1 (/members) could not connect")
                    .hasMessageContaining("who are you?");
        }
    }

    @Test
    void twoNamespacesShareAConnection() {
        try (SockeyeTest sockeye = SockeyeTest.create()) {
            sockeye.server().of("/news");
            TestSocket ada = sockeye.connect();
            TestSocket news = ada.of("/news");
            assertThat(news).isConnected();
            assertThat(sockeye.server().engine().clientsCount()).isEqualTo(1);
            sockeye.server().of("/news").emit("headline", "fish");
            assertThat(news).received("headline", "fish");
            assertThat(ada).receivedNothing();
        }
    }

    @Test
    void theClockDrivesHeartbeatsAndTimeouts() {
        try (SockeyeTest sockeye = SockeyeTest.create()) {
            TestSocket ada = sockeye.connect();
            Instant start = sockeye.clock().instant();
            sockeye.clock().advance(Duration.ofHours(1));
            assertThat(ada).isConnected();
            assertThat(sockeye.clock().instant()).isEqualTo(start.plusSeconds(3600));
            assertThat(sockeye.clock().elapsed()).isEqualTo(Duration.ofHours(1));
            CompletableFuture<?> answer =
                    ada.socket().timeout(Duration.ofSeconds(10)).emitWithAck("nobody");
            sockeye.clock().advance(Duration.ofSeconds(9));
            assertThat(answer).isNotDone();
            sockeye.clock().advance(Duration.ofSeconds(1));
            assertThat(answer).isCompletedExceptionally();
            assertThatThrownBy(() -> sockeye.clock().advance(Duration.ofSeconds(-1)))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void aFrozenClientIsDroppedByTheServerAtTheEndOfThePingTimeout() {
        try (SockeyeTest sockeye = SockeyeTest.create()) {
            List<String> reasons = new ArrayList<>();
            sockeye.server()
                    .onConnection(socket -> socket.onDisconnect((reason, details) -> reasons.add(reason.text())));
            TestSocket ada = sockeye.connect();
            ada.freeze();
            sockeye.clock().advance(Duration.ofSeconds(44));
            assertThat(reasons).isEmpty();
            sockeye.clock().advance(Duration.ofSeconds(1));
            assertThat(reasons).containsExactly("ping timeout");
        }
    }

    @Test
    void missedEventsAreRecovered() {
        try (SockeyeTest sockeye = SockeyeTest.builder()
                .server(options -> options.connectionStateRecovery(true))
                .build()) {
            TestSocket ada = sockeye.connect();
            sockeye.server().emit("news", 1);
            assertThat(ada).received("news", 1);
            String id = ada.id();

            ada.goOffline();
            sockeye.server().emit("news", 2);
            sockeye.clock().advance(Duration.ofSeconds(30));
            assertThat(ada).isDisconnected().didNotReceive("news", 2);
            ada.goOnline();
            sockeye.clock().advance(Duration.ofSeconds(5));

            assertThat(ada).isConnected().received("news", 2);
            assertThat(ada.socket().recovered()).isTrue();
            assertThat(ada.id()).isEqualTo(id);
        }
    }

    @Test
    void aClientCanDisconnectAndReconnect() {
        try (SockeyeTest sockeye = SockeyeTest.create()) {
            TestSocket ada = sockeye.connect();
            ada.disconnect();
            assertThat(ada).isDisconnected().wasDisconnected(DisconnectReason.IO_CLIENT_DISCONNECT);
            assertThat(sockeye.server().sockets().fetchSockets().join()).isEmpty();
            ada.connect();
            assertThat(ada).isConnected();
            sockeye.server().disconnectSockets(true);
            assertThat(ada).isDisconnected();
        }
    }

    @Test
    void runsAreDeterministic() {
        assertThat(run()).isEqualTo(run()).hasSize(20);
    }

    private static List<String> run() {
        try (SockeyeTest sockeye = SockeyeTest.create()) {
            List<String> log = new ArrayList<>();
            sockeye.server().onConnection(socket -> socket.on("x", Integer.class, x -> log.add(socket.id() + " " + x)));
            List<TestSocket> sockets =
                    List.of(sockeye.connect(), sockeye.connect(), sockeye.connect(), sockeye.connect());
            for (int i = 0; i < 5; i++) {
                for (TestSocket socket : sockets) {
                    socket.socket().emit("x", i);
                }
            }
            sockeye.settle();
            return log;
        }
    }

    @Test
    void aBlockingHandlerRunsOnItsOwnThread() {
        try (SockeyeTest sockeye = SockeyeTest.builder()
                .blockingHandlers()
                .timeout(Duration.ofSeconds(30))
                .build()) {
            sockeye.server()
                    .onConnection(socket -> socket.on("ask me", () -> {
                        int age = socket.emitWithAck("age", Integer.class).get(30, TimeUnit.SECONDS);
                        socket.emit("your age", age);
                    }));
            TestSocket ada = sockeye.connect();
            ada.socket().on("age", (args, ack) -> ack.send(36));
            ada.emit("ask me");
            assertThat(ada).received("your age", 36);
        }
    }

    @Test
    void assertionsWaitForOtherThreads() {
        try (SockeyeTest sockeye =
                SockeyeTest.builder().timeout(Duration.ofSeconds(30)).build()) {
            TestSocket ada = sockeye.connect();
            CompletableFuture.runAsync(
                    () -> sockeye.server().emit("later", "x"),
                    CompletableFuture.delayedExecutor(50, TimeUnit.MILLISECONDS));
            assertThat(ada).received("later", "x");
        }
    }

    @Test
    void blockingCallsOnTheSingleThreadAreRefused() {
        try (SockeyeTest sockeye = SockeyeTest.create()) {
            TestSocket ada = sockeye.connect();
            assertThatThrownBy(() -> ada.socket().call("x", Duration.ofSeconds(1)))
                    .isInstanceOf(IllegalStateException.class);
            ada.socket().on("x", () -> assertThat(ada).received("y"));
            sockeye.server().emit("x");
            assertThat(sockeye.handlerErrors())
                    .singleElement()
                    .extracting(Throwable::getMessage)
                    .asString()
                    .contains("not inside of a handler");
        }
    }

    @Test
    void aMessageThatIsTooLargeClosesTheConnection() {
        try (SockeyeTest sockeye = SockeyeTest.create()) {
            TestSocket ada = sockeye.connect("/", options -> options.maxInboundBytes(1000));
            sockeye.server().emit("big", "x".repeat(2000));
            assertThat(ada).isDisconnected().receivedNothing();
            assertThat(sockeye.server().engine().clientsCount()).isZero();
        }
    }

    @Test
    void anEndlessExchangeIsReported() {
        SockeyeTest sockeye = SockeyeTest.create();
        sockeye.server().onConnection(socket -> socket.on("ping", () -> socket.emit("pong")));
        TestSocket ada = sockeye.connect();
        ada.socket().on("pong", () -> ada.socket().emit("ping"));
        assertThatThrownBy(() -> ada.emit("ping")).hasMessageContaining("is still running");
    }

    @Test
    void anArgumentThatLooksLikeAnOffsetIsKept() {
        try (SockeyeTest sockeye = SockeyeTest.builder()
                .server(options -> options.connectionStateRecovery(true))
                .build()) {
            TestSocket ada = sockeye.connect();
            sockeye.server().sockets().asVolatile().emit("volatile", "example.com");
            sockeye.settle();
            sockeye.server().emit("kept", "example.com");
            sockeye.server().timeout(Duration.ofSeconds(1)).emitWithAck("asked", "example.com");
            assertThat(ada)
                    .received("kept", "example.com")
                    .received("volatile", "example.com")
                    .received("asked", "example.com");
        }
    }

    @Test
    void theClockDoesNotOverflow() {
        try (SockeyeTest sockeye = SockeyeTest.create()) {
            sockeye.clock().advance(Duration.ofDays(20_000));
            for (Duration tooLong : List.of(Duration.ofDays(20_000), ChronoUnit.FOREVER.getDuration())) {
                assertThatThrownBy(() -> sockeye.clock().advance(tooLong))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("at most 26000 days in total");
            }
            assertThat(sockeye.clock().elapsed()).isEqualTo(Duration.ofDays(20_000));
        }
    }

    @Test
    void anAssertionMayWaitForever() {
        try (SockeyeTest sockeye =
                SockeyeTest.builder().timeout(ChronoUnit.FOREVER.getDuration()).build()) {
            TestSocket ada = sockeye.connect();
            assertThat(ada).isConnected();
        }
    }
}
