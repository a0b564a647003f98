package dev.sockeye.socketio.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.engineio.protocol.EnginePacket;
import dev.sockeye.socketio.ConnectErrorException;
import dev.sockeye.socketio.client.transport.TransportName;
import dev.sockeye.socketio.protocol.Arguments;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The parts of a connection that the application can control and observe. On a fake loop, clock and network. */
class ManagerControlTest {
    private final Bench bench = new Bench();
    private final List<String> told = new ArrayList<>();

    private Socket connected() {
        Socket socket = bench.connected(Bench.webSocket().build());
        socket.onDisconnect((reason, details) -> told.add(reason.text() + ": " + details.description()));
        return socket;
    }

    @Test
    void networkLossClosesTheConnectionAndNetworkAvailabilityReconnectsImmediately() {
        Socket socket = connected();
        bench.io.networkLost();
        assertThat(told).containsExactly("transport close: network connection lost");
        assertThat(socket.connected()).isFalse();
        assertThat(socket.active()).isTrue();
        assertThat(bench.webSockets).hasSize(1);
        bench.io.networkAvailable();
        assertThat(bench.webSockets).as("without any delay").hasSize(2);
        bench.server().accept().text("40{\"sid\":\"id-2\"}");
        assertThat(socket.connected()).isTrue();
        bench.loop.advance(10_000);
        assertThat(bench.webSockets).as("no second attempt").hasSize(2);
    }

    @Test
    void networkAvailabilityRestartsHangingAndExhaustedAttempts() {
        Socket socket = bench.socket(Bench.webSocket().reconnectionAttempts(1).build());
        socket.io().onReconnectFailed(() -> told.add("failed"));
        socket.io().networkAvailable();
        assertThat(bench.webSockets).hasSize(2);
        assertThat(bench.webSockets.get(0).isClosed()).isTrue();
        bench.server().refuse();
        bench.loop.advance(60_000);
        assertThat(told).containsExactly("failed");
        assertThat(bench.webSockets).hasSize(2);
        socket.io().networkAvailable();
        assertThat(bench.webSockets).hasSize(3);
        bench.server().accept().text("40{\"sid\":\"id\"}");
        assertThat(socket.connected()).isTrue();
    }

    @Test
    void networkAvailabilityDoesNotAffectOpenOrClosedManagers() {
        Socket socket = connected();
        socket.io().networkAvailable();
        assertThat(socket.connected()).isTrue();
        socket.disconnect();
        socket.io().networkAvailable();
        socket.io().networkLost();
        assertThat(bench.webSockets).hasSize(1);
    }

    @Test
    void reconnectionSettingsCanBeChanged() {
        Socket socket = connected();
        Manager manager = socket.io();
        manager.reconnectionDelay(Duration.ofMillis(100))
                .reconnectionDelayMax(Duration.ofMillis(150))
                .randomizationFactor(0)
                .reconnectionAttempts(2)
                .timeout(Duration.ofMillis(50));
        assertThat(manager.reconnectionDelay()).isEqualTo(Duration.ofMillis(100));
        assertThat(manager.reconnectionDelayMax()).isEqualTo(Duration.ofMillis(150));
        assertThat(manager.reconnectionAttempts()).isEqualTo(2);
        assertThat(manager.timeout()).isEqualTo(Duration.ofMillis(50));
        manager.onReconnectFailed(() -> told.add("failed"));
        bench.server().end();
        bench.loop.advance(99);
        assertThat(bench.webSockets).hasSize(1);
        bench.loop.advance(1);
        assertThat(bench.webSockets).hasSize(2);
        bench.loop.advance(50 + 149);
        assertThat(bench.webSockets.get(1).isClosed())
                .as("closed by the timeout")
                .isTrue();
        assertThat(bench.webSockets).hasSize(2);
        bench.loop.advance(1);
        assertThat(bench.webSockets).hasSize(3);
        bench.loop.advance(60_000);
        assertThat(bench.webSockets).hasSize(3);
        assertThat(told).endsWith("failed");
    }

    @Test
    void openingTheConnectionBetweenTwoAttemptsIsFollowedByFurtherAttempts() {
        Socket socket = connected();
        bench.server().end();
        socket.io().connect();
        assertThat(bench.webSockets).as("in place of the scheduled attempt").hasSize(2);
        bench.server().refuse();
        bench.loop.advance(1000);
        assertThat(bench.webSockets).hasSize(3);
        bench.server().accept().text("40{\"sid\":\"id-2\"}");
        assertThat(socket.connected()).isTrue();
    }

    @Test
    void openingTheConnectionAfterReconnectionWasSwitchedOffAndOnIsFollowedByAttempts() {
        Socket socket = connected();
        bench.server().end();
        socket.io().reconnection(false).reconnection(true);
        bench.loop.advance(60_000);
        assertThat(bench.webSockets).hasSize(1);
        socket.connect();
        bench.server().refuse();
        bench.loop.advance(1000);
        assertThat(bench.webSockets).hasSize(3);
        bench.server().accept().text("40{\"sid\":\"id-2\"}");
        assertThat(socket.connected()).isTrue();
    }

    @Test
    void queryAndHeaderSuppliersAreCalledForEachConnectionAttempt() {
        Map<String, String> token = new HashMap<>(Map.of("token", "one"));
        bench.socket(Bench.webSocket()
                .query(Map.of("app", "shop"))
                .querySupplier(() -> token)
                .extraHeadersSupplier(() -> Map.of("authorization", token.get("token")))
                .build());
        assertThat(bench.server().uri).contains("app=shop").contains("token=one");
        assertThat(bench.server().headers).containsEntry("authorization", "one");
        token.put("token", "two");
        bench.server().refuse();
        bench.loop.advance(1000);
        assertThat(bench.server().uri).contains("token=two");
        assertThat(bench.server().headers).containsEntry("authorization", "two");
    }

    @Test
    void aThrowingSupplierFailsTheConnectionAttempt() {
        List<String> errors = new ArrayList<>();
        boolean[] broken = {true};
        Socket socket = bench.io.socket(
                "http://localhost",
                Bench.webSocket()
                        .querySupplier(() -> {
                            if (broken[0]) {
                                throw new IllegalStateException("no token");
                            }
                            return Map.of();
                        })
                        .build(),
                each -> each.onConnectError(error -> errors.add(error.getMessage())));
        assertThat(errors).containsExactly("options error: IllegalStateException: no token");
        assertThat(bench.webSockets).isEmpty();
        broken[0] = false;
        bench.loop.advance(1000);
        bench.server().accept().text("40{\"sid\":\"id\"}");
        assertThat(socket.connected()).isTrue();
    }

    @Test
    void transportOptionsOverrideConnectionOptions() {
        ClientOptions options = ClientOptions.builder()
                .extraHeaders(Map.of("x-a", "all"))
                .transportOptions(
                        TransportName.WEBSOCKET,
                        own -> own.extraHeaders(Map.of("x-a", "own"))
                                .query(Map.of("q", "1"))
                                .path("/other"))
                .build();
        bench.socket(options);
        FakeHttp.Pending get = bench.request("GET");
        assertThat(get.request().headers()).containsEntry("x-a", "all");
        assertThat(get.request().uri()).startsWith("/socket.io/?").doesNotContain("q=1");
        get.answer("0{\"sid\":\"s\",\"upgrades\":[\"websocket\"],\"pingInterval\":25000,\"pingTimeout\":20000}");
        assertThat(bench.server().headers).containsEntry("x-a", "own");
        assertThat(bench.server().uri).startsWith("/other/?").contains("q=1");
    }

    /** Otherwise a client that sends a cookie of its own would lose the affinity to its server. */
    @Test
    void cookiesOfTheServerAreSentTogetherWithThoseOfTheApplication() {
        bench.socket(ClientOptions.builder()
                .withCredentials(true)
                .extraHeaders(Map.of("Cookie", "user=ada"))
                .build());
        FakeHttp.Pending get = bench.request("GET");
        assertThat(cookie(get.request().headers())).isEqualTo("user=ada");
        get.answer(
                "0{\"sid\":\"s\",\"upgrades\":[\"websocket\"],\"pingInterval\":25000,\"pingTimeout\":20000}",
                "route=7; Path=/");
        for (Map<String, String> headers : List.of(
                bench.request("GET").request().headers(),
                bench.request("POST").request().headers(),
                bench.server().headers)) {
            assertThat(cookie(headers)).isEqualTo("user=ada; route=7");
        }
    }

    /** The cookie header that is sent: a later header replaces an earlier one. */
    private static String cookie(Map<String, String> headers) {
        String sent = null;
        for (Map.Entry<String, String> header : headers.entrySet()) {
            sent = header.getKey().equalsIgnoreCase("cookie") ? header.getValue() : sent;
        }
        return sent;
    }

    @Test
    void theSendBufferCanBeInspectedAndCleared() {
        Socket socket = bench.socket(Bench.webSocket().build());
        socket.emit("a", 1);
        CompletableFuture<Arguments> answer = socket.emitWithAck("b");
        assertThat(socket.sendBufferSize()).isEqualTo(2);
        List<BufferedEvent> waiting = socket.sendBuffer().join();
        assertThat(waiting).extracting(BufferedEvent::name).containsExactly("a", "b");
        assertThat(waiting).extracting(BufferedEvent::awaitsAck).containsExactly(false, true);
        assertThat(waiting.get(0).args().get(0)).isEqualTo(1);
        socket.clearSendBuffer();
        assertThat(socket.sendBufferSize()).isZero();
        assertThat(socket.sendBuffer().join()).isEmpty();
        assertThat(answer).isCompletedExceptionally();
    }

    @Test
    void recoveryStatusReportsTheOutcomeOfTheRecovery() {
        Socket socket = connected();
        assertThat(socket.recoveryStatus()).isEqualTo(RecoveryStatus.NOT_ATTEMPTED);
        bench.reconnect().text("40{\"sid\":\"id-2\",\"pid\":\"p2\"}");
        assertThat(socket.recoveryStatus()).isEqualTo(RecoveryStatus.NO_OFFSET);
        bench.server().text("42[\"e\",\"offset-1\"]");
        bench.reconnect().text("40{\"sid\":\"id-2\",\"pid\":\"p2\"}");
        assertThat(socket.recoveryStatus()).isEqualTo(RecoveryStatus.RECOVERED);
        assertThat(socket.recovered()).isTrue();
        bench.reconnect().text("40{\"sid\":\"id-3\",\"pid\":\"p3\"}");
        assertThat(socket.recoveryStatus()).isEqualTo(RecoveryStatus.SESSION_LOST);
        bench.reconnect().text("40{\"sid\":\"id-4\"}");
        assertThat(socket.recoveryStatus()).isEqualTo(RecoveryStatus.NOT_OFFERED);
        assertThat(socket.recovered()).isFalse();
    }

    @Test
    void enginePacketsAndEngineCloseAreReported() {
        Socket socket = bench.socket(Bench.webSocket().build());
        socket.io().onEnginePacket(packet -> told.add("in " + packet.getClass().getSimpleName()));
        socket.io()
                .onEnginePacketCreate(packet -> told.add("out "
                        + (packet instanceof EnginePacket.Message message
                                ? message.text()
                                : packet.getClass().getSimpleName())));
        socket.io().onEngineClose((reason, details) -> told.add("close " + reason.text()));
        bench.server().accept().text("2");
        bench.server().end();
        assertThat(told).containsExactly("in Open", "out 0", "in Ping", "out Pong", "close " + "transport close");
        told.clear();
        bench.loop.advance(1000);
        bench.server().refuse();
        assertThat(told)
                .as("one close event for an attempt that never opened")
                .hasSize(1)
                .allMatch(text -> text.startsWith("close "));
    }

    @Test
    void aSocketIsActiveUntilDisconnectIsCalled() {
        Socket socket = connected();
        assertThat(socket.active()).isTrue();
        assertThat(socket.disconnected()).isFalse();
        bench.server().end();
        assertThat(socket.active()).isTrue();
        assertThat(socket.disconnected()).isTrue();
        socket.disconnect();
        assertThat(socket.active()).isFalse();
    }

    @Test
    void aManagerCanBeClosedTwiceAndOpenedAgain() {
        Socket socket = connected();
        try (Manager manager = socket.io()) {
            manager.close();
            assertThat(manager.closeAsync()).isCompleted();
        }
        assertThat(socket.connected()).isFalse();
        socket.connect();
        bench.server().accept().text("40{\"sid\":\"id-2\"}");
        assertThat(socket.connected()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void networkAvailabilityDoesNotEndAnAttemptThatCannotBeRepeated(boolean reconnection) {
        Socket socket = bench.socket(Bench.webSocket()
                .reconnection(reconnection)
                .reconnectionAttempts(0)
                .build());
        socket.onConnectError(error -> told.add(error.getMessage()));
        socket.io().networkAvailable();
        bench.server().accept().text("40{\"sid\":\"id\"}");
        assertThat(socket.connected()).isTrue();
        assertThat(told).isEmpty();
    }

    @Test
    void networkAvailabilityDuringTheLastAttemptIsNotAFailure() {
        Socket socket = bench.socket(Bench.webSocket().reconnectionAttempts(1).build());
        socket.io().onReconnectFailed(() -> told.add("failed"));
        bench.server().refuse();
        bench.loop.advance(1_000);
        CompletableFuture<Void> waiter = new CompletableFuture<>();
        socket.core().awaitConnect(waiter);
        socket.io().networkAvailable();
        assertThat(told).isEmpty();
        assertThat(waiter).isNotDone();
        bench.server().accept().text("40{\"sid\":\"id\"}");
        assertThat(waiter).isCompleted();
    }

    @Test
    void aConnectFailsIfTheConnectionIsLostBeforeTheServerAnswersAndIsNotReopened() {
        Socket socket = bench.socket(Bench.webSocket().reconnection(false).build());
        CompletableFuture<Void> waiter = new CompletableFuture<>();
        socket.core().awaitConnect(waiter);
        bench.server().accept();
        assertThat(waiter).isNotDone();
        bench.server().end();
        assertThat(waiter)
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .havingCause()
                .isInstanceOf(ConnectErrorException.class)
                .withMessageContaining("transport close");
    }

    @Test
    void closingTheManagerFailsConnectsInProgress() {
        Socket socket = bench.socket(Bench.webSocket().build());
        CompletableFuture<Void> waiter = new CompletableFuture<>();
        socket.core().awaitConnect(waiter);
        socket.io().closeAsync();
        assertThat(waiter).isCompletedExceptionally();
    }

    @Test
    void credentialsThatAreNullInsteadOfAFutureFailTheConnect() {
        Socket socket = bench.socket(Bench.webSocket().authAsync(() -> null).build());
        socket.onConnectError(error -> told.add(error.getMessage()));
        bench.server().accept();
        assertThat(told).hasSize(1);
        assertThat(told.get(0)).startsWith("the auth supplier failed");
        assertThat(socket.active()).isFalse();
    }

    @Test
    void switchingReconnectionOffFailsConnectsThatWaitForTheNextAttempt() {
        Socket socket = bench.socket(Bench.webSocket().build());
        bench.server().refuse();
        CompletableFuture<Void> waiter = new CompletableFuture<>();
        socket.core().awaitConnect(waiter);
        socket.io().reconnection(false);
        assertThat(waiter).isCompletedExceptionally();
    }

    @Test
    void aConnectionThatFailsWhileItIsOpenedAgainIsReopened() {
        String open = "0{\"sid\":\"s\",\"upgrades\":[],\"pingInterval\":25000,\"pingTimeout\":20000}";
        Socket socket = bench.socket(ClientOptions.builder()
                .transports(TransportName.POLLING)
                .randomizationFactor(0)
                .build());
        bench.request("GET").answer(open);
        bench.request("POST").answer("ok");
        bench.request("GET").answer("40{\"sid\":\"id-1\"}");
        bench.request("GET").fail(new IOException("lost"));
        bench.requests.clear();
        bench.refusesPosts = true;
        bench.loop.advance(1000);
        bench.request("GET").answer(open); // CONNECT cannot be sent
        assertThat(socket.connected()).isFalse();
        bench.refusesPosts = false;
        bench.loop.advance(1000);
        bench.request("GET").answer(open);
        bench.request("POST").answer("ok");
        bench.request("GET").answer("40{\"sid\":\"id-2\"}");
        assertThat(socket.id()).isEqualTo("id-2");
    }

    @Test
    void eventsThatWaitAreKeptWhenTheConnectionFailsWhileTheyAreSent() {
        String open = "0{\"sid\":\"s\",\"upgrades\":[],\"pingInterval\":25000,\"pingTimeout\":20000}";
        Socket socket = bench.socket(ClientOptions.builder()
                .transports(TransportName.POLLING)
                .randomizationFactor(0)
                .build());
        socket.emit("a");
        socket.emit("b");
        bench.request("GET").answer(open);
        bench.request("POST").answer("ok");
        bench.refusesPosts = true;
        bench.request("GET").answer("40{\"sid\":\"id-1\"}"); // "a" cannot be sent
        assertThat(socket.connected()).isFalse();
        bench.refusesPosts = false;
        bench.requests.clear();
        bench.loop.advance(1000);
        bench.request("GET").answer(open);
        bench.request("POST").answer("ok");
        bench.request("GET").answer("40{\"sid\":\"id-2\"}");
        assertThat(bench.request("POST").body()).isEqualTo("42[\"b\"]");
    }
}
