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
    void it_works_without_junit() {
        try (SockeyeTest sockeye = SockeyeTest.create()) {
            new Chat().register(sockeye.server());
            TestSocket ada = sockeye.connect();
            ada.emit("message", "hello");
            assertThat(ada).received("message", "hello");
        }
    }

    @Test
    void arguments_are_compared_as_they_travel() {
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
    void typed_events_and_requests() {
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
    void a_failure_tells_what_was_received() {
        try (SockeyeTest sockeye =
                SockeyeTest.builder().patience(Duration.ofMillis(10)).build()) {
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
    void the_order_of_events_is_asserted() {
        try (SockeyeTest sockeye =
                SockeyeTest.builder().patience(Duration.ofMillis(10)).build()) {
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
    void an_unexpected_exception_of_a_handler_fails_the_test_when_it_is_closed() {
        SockeyeTest sockeye = SockeyeTest.create();
        new Chat().register(sockeye.server());
        sockeye.connect().emit("fail");
        assertThatThrownBy(sockeye::close).isInstanceOf(AssertionError.class).hasMessageContaining("no such room");
        sockeye.close();
    }

    @Test
    void an_unexpected_exception_of_a_listener_too() {
        SockeyeTest sockeye = SockeyeTest.create();
        TestSocket ada = sockeye.connect();
        ada.socket().on("x", () -> {
            throw new AssertionError("wrong x");
        });
        sockeye.server().emit("x");
        assertThatThrownBy(sockeye::close).isInstanceOf(AssertionError.class).hasMessageContaining("wrong x");
    }

    @Test
    void connect_fails_when_the_server_refuses() {
        try (SockeyeTest sockeye = SockeyeTest.create()) {
            new Chat().register(sockeye.server());
            assertThatThrownBy(() -> sockeye.connect("/members"))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("client 1 (/members) could not connect")
                    .hasMessageContaining("who are you?");
        }
    }

    @Test
    void two_namespaces_share_a_connection() {
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
    void the_clock_drives_heartbeats_and_timeouts() {
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
    void a_frozen_client_is_dropped_by_the_server_at_the_end_of_the_ping_timeout() {
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
    void missed_events_are_recovered() {
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
    void disconnecting_and_connecting_again() {
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
    void each_run_is_the_same() {
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
    void a_handler_that_blocks_has_a_thread_of_its_own() {
        try (SockeyeTest sockeye = SockeyeTest.builder()
                .blockingHandlers()
                .patience(Duration.ofSeconds(30))
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
    void assertions_wait_for_other_threads() {
        try (SockeyeTest sockeye =
                SockeyeTest.builder().patience(Duration.ofSeconds(30)).build()) {
            TestSocket ada = sockeye.connect();
            CompletableFuture.runAsync(
                    () -> sockeye.server().emit("later", "x"),
                    CompletableFuture.delayedExecutor(50, TimeUnit.MILLISECONDS));
            assertThat(ada).received("later", "x");
        }
    }

    @Test
    void what_would_block_the_only_thread_is_refused() {
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
    void a_message_that_is_too_large_ends_the_connection() {
        try (SockeyeTest sockeye = SockeyeTest.create()) {
            TestSocket ada = sockeye.connect("/", options -> options.maxInboundBytes(1000));
            sockeye.server().emit("big", "x".repeat(2000));
            assertThat(ada).isDisconnected().receivedNothing();
            assertThat(sockeye.server().engine().clientsCount()).isZero();
        }
    }

    @Test
    void an_unending_exchange_is_reported() {
        SockeyeTest sockeye = SockeyeTest.create();
        sockeye.server().onConnection(socket -> socket.on("ping", () -> socket.emit("pong")));
        TestSocket ada = sockeye.connect();
        ada.socket().on("pong", () -> ada.socket().emit("ping"));
        assertThatThrownBy(() -> ada.emit("ping")).hasMessageContaining("does not come to rest");
    }
}
