package dev.sockeye.socketio.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.sockeye.socketio.AckTimeoutException;
import dev.sockeye.socketio.SendBufferFullException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.ConcurrentModificationException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Extreme options, and servers and applications that pass unusual values. On a fake loop, clock and network. */
class UnusualInputTest {
    private static final Duration FOREVER = ChronoUnit.FOREVER.getDuration();

    private final Bench bench = new Bench();
    private final List<String> told = new ArrayList<>();

    private Socket opening() {
        Socket socket = bench.socket(Bench.webSocket().build());
        socket.onConnectError(error -> told.add(error.getMessage()));
        bench.server().begin();
        return socket;
    }

    // ---- durations

    static Stream<Runnable> tooLong() {
        ClientOptionsBuilder options = ClientOptions.builder();
        Manager manager = new Bench()
                .io.manager(
                        "http://localhost",
                        ClientOptions.builder().autoConnect(false).build());
        return Stream.of(
                () -> options.upgradeTimeout(FOREVER),
                () -> options.requestTimeout(FOREVER),
                () -> options.reconnectionDelay(FOREVER),
                () -> options.reconnectionDelayMax(FOREVER),
                () -> options.timeout(FOREVER),
                () -> options.ackTimeout(FOREVER),
                () -> options.transportOptions(
                        dev.sockeye.socketio.client.transport.TransportName.POLLING, t -> t.requestTimeout(FOREVER)),
                () -> manager.reconnectionDelay(FOREVER),
                () -> manager.reconnectionDelayMax(FOREVER),
                () -> manager.timeout(FOREVER));
    }

    @ParameterizedTest
    @MethodSource("tooLong")
    void anOptionThatIsTooLongIsRefusedWithItsName(Runnable option) {
        assertThatThrownBy(option::run)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("must be at most 26000 days");
    }

    @Test
    void aVeryLongAckTimeoutNeverExpires() {
        Socket socket = bench.connected(Bench.webSocket().build());
        CompletableFuture<?> answer = socket.timeout(FOREVER).emitWithAck("e");
        bench.loop.advance(1000);
        assertThat(answer).isNotDone();
        bench.server().text("430[1]");
        assertThat(answer).isCompleted();
    }

    @Test
    void anAckTimeoutBelowAMillisecondIsNotZero() {
        Socket socket = bench.connected(Bench.webSocket().build());
        CompletableFuture<?> answer = socket.timeout(Duration.ofNanos(1)).emitWithAck("e");
        assertThat(answer).isNotDone();
        bench.loop.advance(1);
        assertThat(answer)
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withCauseInstanceOf(AckTimeoutException.class);
    }

    // ---- what the server sends

    @Test
    void aServerWithVeryLongPingIntervalsStaysConnected() {
        Socket socket = opening();
        bench.server()
                .text(
                        "0{\"sid\":\"s\",\"upgrades\":[],\"pingInterval\":9223372036854775807,\"pingTimeout\":9223372036854775807}");
        bench.server().text("40{\"sid\":\"id\"}");
        bench.loop.advance(60_000);
        socket.emit("e");
        assertThat(bench.server().frames).contains("42[\"e\"]");
        assertThat(socket.connected()).isTrue();
    }

    /** Its connection is not read, so that no ping can be received; the loop must not check that without a pause. */
    @Test
    void aServerWithoutPingIntervalsDoesNotOccupyTheLoop() {
        Socket socket = bench.socket(
                Bench.webSocket().mailboxCapacity(1).reconnection(false).build());
        socket.on("e", (args, ack) -> {});
        List<String> reasons = new ArrayList<>();
        socket.onDisconnect((reason, details) -> reasons.add(reason.text() + ", " + details.description()));
        bench.server().begin().text("0{\"sid\":\"s\",\"upgrades\":[],\"pingInterval\":0,\"pingTimeout\":0}");
        bench.server().text("40{\"sid\":\"id\"}");
        bench.listeners.busy = true;
        bench.server().text("42[\"e\"]").text("42[\"e\"]").text("42[\"e\"]");
        assertThat(bench.server().isReading()).isFalse();
        assertTimeoutPreemptively(Duration.ofSeconds(30), () -> bench.loop.advance(1000));
        bench.listeners.release();
        bench.loop.advance(1000);
        assertThat(reasons).containsExactly("ping timeout, no ping within 0 ms"); // as the official client
    }

    @Test
    void negativePingIntervalsAreAnErrorOfTheServer() {
        opening();
        bench.server().text("0{\"sid\":\"s\",\"upgrades\":[],\"pingInterval\":-1,\"pingTimeout\":-5}");
        assertThat(told)
                .containsExactly("server error: the handshake lacks sid or intervals: "
                        + "{\"sid\":\"s\",\"upgrades\":[],\"pingInterval\":-1,\"pingTimeout\":-5}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "40{\"sid\":",
                "40[1]",
                "40\"x\"",
                "44{\"message\":",
                "44",
                "44\"text\"",
                "44[]",
                "44{\"message\":{\"a\":1},\"data\":null}",
                "41{}",
                "42{}",
                "42[]",
                "42[1]",
                "42[\"sockeye:disconnect\",{\"reason\":",
                "42[\"sockeye:disconnect\",{\"reason\":{}}]",
                "43[]",
                "430{}",
                "45",
                "4",
                "49",
                "0{\"sid\":\"again\"}",
                "3probe",
                "7",
                ""
            })
    void noPacketOfAServerThrowsInTheLoop(String packet) {
        Socket socket = bench.socket(Bench.webSocket().build());
        bench.server().accept();
        FakeWebSocket before = bench.server();
        assertThatCode(() -> before.text(packet)).doesNotThrowAnyException();
        bench.loop.advance(10_000);
        if (bench.server() != before) {
            bench.server().accept();
        }
        if (socket.active()) {
            bench.server().text("40{\"sid\":\"id\"}");
            assertThat(socket.connected()).isTrue();
        }
        FakeWebSocket connected = bench.server();
        assertThatCode(() -> connected.text(packet)).doesNotThrowAnyException();
    }

    @Test
    void aFloodOfPingsIsAnsweredWithOnePongWhileTheNetworkIsSlow() {
        Socket socket = bench.connected(Bench.webSocket().build());
        FakeWebSocket server = bench.server();
        server.slow = true;
        socket.emit("e");
        for (int i = 0; i < 1000; i++) {
            server.text("2");
        }
        server.slow = false;
        server.drain();
        assertThat(server.frames.stream().filter("3"::equals)).hasSize(1);
        server.text("2");
        assertThat(server.frames.stream().filter("3"::equals)).hasSize(2);
    }

    // ---- what the application passes

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void authThatCannotBeReadFailsTheConnect(boolean again) {
        List<Map<String, Object>> auth = new ArrayList<>();
        auth.add(Map.of());
        Socket socket = bench.connected(Bench.webSocket()
                .authAsync(() -> CompletableFuture.completedFuture(auth.get(0)))
                .build());
        socket.onConnectError(error -> told.add(error.getMessage()));
        if (!again) {
            socket.disconnect();
            socket.connect();
        }
        auth.set(0, new AbstractMap<>() {
            @Override
            public Set<Map.Entry<String, Object>> entrySet() {
                throw new ConcurrentModificationException("changed");
            }
        });
        if (again) {
            bench.reconnect();
        } else {
            bench.server().accept();
        }
        assertThat(told).hasSize(1);
        assertThat(told.get(0)).startsWith("auth cannot be sent");
        assertThat(socket.active()).isFalse();
    }

    @Test
    void emitsAreBoundedWhileTheLoopIsBehindEvenIfTheOldestAreDropped() {
        Socket socket = bench.connected(Bench.webSocket()
                .sendBufferSize(10)
                .sendBufferPolicy(SendBufferPolicy.DROP_OLDEST)
                .build());
        bench.loop.hold();
        List<CompletableFuture<?>> answers = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            answers.add(socket.emitWithAck("e", i));
        }
        assertThat(socket.sendBufferSize()).isLessThanOrEqualTo(20);
        assertThat(answers.get(99))
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withCauseInstanceOf(SendBufferFullException.class);
        bench.loop.release();
        assertThat(socket.sendBufferSize()).isZero();
    }

    @Test
    void reconnectionSwitchedOffAndOnAgainReopensALostConnection() {
        Socket socket = bench.connected(Bench.webSocket().build());
        socket.io().reconnection(false).reconnection(true);
        bench.reconnect().text("40{\"sid\":\"id-2\"}");
        assertThat(socket.connected()).isTrue();
    }

    @Test
    void switchingReconnectionOnDoesNotReopenAClosedManager() {
        Socket socket = bench.connected(Bench.webSocket().build());
        socket.io().closeAsync().join();
        socket.io().reconnection(true);
        bench.io.networkAvailable();
        bench.loop.advance(60_000);
        assertThat(bench.webSockets).hasSize(1);
    }
}
