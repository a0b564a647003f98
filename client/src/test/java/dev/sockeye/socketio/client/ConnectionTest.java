package dev.sockeye.socketio.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sockeye.socketio.protocol.Arguments;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
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
class ConnectionTest {
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
    @Tag("sioc.connection.01")
    void anEventEmittedBeforeConnectingIsSentAndAnswered() throws Exception {
        Socket socket = io.socket(server.main(), fresh().build());
        var next = socket.next("hi");
        socket.emit("hi");
        assertThat(next.get(20, TimeUnit.SECONDS)).isNotNull();
    }

    @Test
    @Tag("sioc.connection.02")
    void noConnectionIsOpenedWithoutAutoConnect() throws Exception {
        Socket socket = io.socket(server.main(), fresh().autoConnect(false).build());
        CountDownLatch turn = new CountDownLatch(1);
        socket.io().run(turn::countDown);
        assertThat(turn.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(socket.io().connection().engine()).isNull();
    }

    @Test
    @Tag("sioc.connection.03")
    @Tag("sioc.connection.04")
    @Tag("sioc.connection.05")
    void aSecondSocketForTheSameNamespaceGetsItsOwnManager() {
        Socket one = io.socket(server.main() + "/");
        assertThat(io.socket(server.main() + "/").io()).isNotSameAs(one.io());
        assertThat(io.socket(server.main() + "/?woot").io()).isNotSameAs(one.io());
        Socket foo = io.socket(
                server.main() + "/", ClientOptions.builder().path("/foo").build());
        Socket bar = io.socket(
                server.main() + "/", ClientOptions.builder().path("/bar").build());
        assertThat(foo.io()).isNotSameAs(bar.io());
    }

    @Test
    @Tag("sioc.connection.06")
    void differentNamespacesShareAManager() {
        assertThat(io.socket(server.main() + "/foo").io())
                .isSameAs(io.socket(server.main() + "/bar").io());
    }

    @Test
    @Tag("sioc.connection.07")
    void theServerGetsAnAcknowledgement() throws Exception {
        Socket socket = connected();
        socket.on("ack", (args, ack) -> {
            assertThat(ack.expected()).isTrue();
            ack.send(5, Map.of("test", true));
        });
        var next = socket.next("got it");
        socket.emit("ack");
        next.get(20, TimeUnit.SECONDS);
    }

    @Test
    @Tag("sioc.connection.08")
    @Tag("sioc.connection.35")
    @Tag("sioc.connection.36")
    void datesAreReceivedAsStrings() throws Exception {
        Socket socket = connected();
        Object date = socket.call("getAckDate", SHORT, Map.of("test", true)).get(0);
        assertThat(date).isInstanceOf(String.class);
        assertThat(ask("getDate", "takeDate").get(0)).isInstanceOf(String.class);
        Object object = ask("getDateObj", "takeDateObj").get(0);
        assertThat(object).isInstanceOf(Map.class);
        assertThat(((Map<?, ?>) object).get("date")).isInstanceOf(String.class);
    }

    @Test
    @Tag("sioc.connection.09")
    void falseArrivesAsFalse() throws Exception {
        assertThat(ask("false", "false").get(0)).isEqualTo(false);
    }

    @Test
    @Tag("sioc.connection.10")
    void nonAsciiStringsArriveInOrder() throws Exception {
        List<Object> texts = Collections.synchronizedList(new ArrayList<>());
        Socket socket = connected();
        socket.on("takeUtf8", String.class, text -> texts.add(text));
        socket.emit("getUtf8");
        await().untilAsserted(() ->
                assertThat(texts).containsExactly("てすと", "Я Б Г Д Ж Й", "Ä ä Ü ü ß", "utf8 — string", "utf8 — string"));
    }

    @Test
    @Tag("sioc.connection.11")
    void aSecondNamespaceSharesAnOpenConnection() throws Exception {
        Manager manager = io.manager(server.main(), fresh().build());
        manager.socket("/").connectBlocking(SHORT);
        String session = manager.engineId();
        manager.socket("/foo").connectBlocking(SHORT);
        assertThat(manager.engineId()).isEqualTo(session);
    }

    @Test
    @Tag("sioc.connection.12")
    void aNamespaceConnectsAfterTheOnlyOtherOneDisconnected() throws Exception {
        Manager manager = io.manager(server.main(), fresh().build());
        Socket socket = manager.socket("/");
        CountDownLatch joined = new CountDownLatch(1);
        socket.onDisconnect((reason, details) -> manager.socket("/foo").onConnect(joined::countDown));
        socket.connectBlocking(SHORT);
        socket.disconnect();
        assertThat(joined.await(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    @Tag("sioc.connection.13")
    void theClientReconnectsAfterALostConnection() throws Exception {
        Socket socket = connected();
        CountDownLatch reconnect = new CountDownLatch(1);
        socket.io().onReconnect(attempt -> reconnect.countDown());
        socket.io().closeEngine();
        assertThat(reconnect.await(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    @Tag("sioc.connection.14")
    @Tag("sioc.connection.15")
    void theClientReconnectsManuallyAndThenAutomatically() throws Exception {
        Socket socket = connected();
        CountDownLatch left = new CountDownLatch(1);
        socket.onceDisconnect((reason, details) -> left.countDown());
        socket.disconnect();
        assertThat(left.await(20, TimeUnit.SECONDS)).isTrue();
        socket.connectBlocking(SHORT);
        CountDownLatch reconnect = new CountDownLatch(1);
        socket.io().onReconnect(attempt -> reconnect.countDown());
        socket.io().closeEngine();
        assertThat(reconnect.await(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    @Tag("sioc.connection.16")
    void reconnectionCanBeRestartedAfterItFailed() throws Exception {
        Manager manager = io.manager(
                server.main(),
                fresh().timeout(Duration.ZERO)
                        .reconnectionAttempts(2)
                        .autoConnect(false)
                        .build());
        Socket socket = manager.socket("/timeout");
        AtomicInteger attempts = new AtomicInteger();
        AtomicInteger failures = new AtomicInteger();
        manager.onReconnectAttempt(n -> attempts.incrementAndGet());
        manager.onReconnectFailed(failures::incrementAndGet);
        socket.connect();
        await().untilAsserted(() -> assertThat(failures).hasValue(1));
        assertThat(attempts).hasValue(2);
        socket.connect();
        await().untilAsserted(() -> assertThat(failures).hasValue(2));
        assertThat(attempts).hasValue(4);
    }

    @Test
    @Tag("sioc.connection.17")
    void reconnectionDelaysGrowUpToTheMaximum() throws Exception {
        Backoff backoff = new Backoff(100, 5000, 0.2, () -> 0.35);
        long last = 0;
        for (int i = 0; i < 5; i++) {
            long next = backoff.next();
            assertThat(next).isGreaterThan(last);
            last = next;
        }
        for (int i = 0; i < 100; i++) {
            assertThat(backoff.next()).isLessThanOrEqualTo(5000);
        }
    }

    @Test
    @Tag("sioc.connection.18")
    void disconnectInTheErrorListenerStopsReconnection() throws Exception {
        Socket socket = io.socket(
                server.main() + "/invalid",
                fresh().timeout(Duration.ZERO).autoConnect(false).build());
        CountDownLatch error = new CountDownLatch(1);
        AtomicInteger attempts = new AtomicInteger();
        socket.io().onReconnectAttempt(n -> attempts.incrementAndGet());
        socket.io().onError(e -> {
            socket.disconnect();
            error.countDown();
        });
        socket.connect();
        assertThat(error.await(20, TimeUnit.SECONDS)).isTrue();
        int now = attempts.get();
        await().during(150, TimeUnit.MILLISECONDS)
                .untilAsserted(() -> assertThat(attempts).hasValueLessThanOrEqualTo(Math.max(now, 1)));
    }

    @Test
    @Tag("sioc.connection.19")
    @Tag("sioc.connection.20")
    void disconnectStopsReconnectionAttemptsAndConnectResumesThem() throws Exception {
        Socket socket = io.socket(
                server.main() + "/invalid",
                fresh().timeout(Duration.ZERO).autoConnect(false).build());
        AtomicInteger attempts = new AtomicInteger();
        socket.io().onReconnectAttempt(n -> {
            if (attempts.incrementAndGet() == 1) {
                socket.disconnect();
            }
        });
        socket.connect();
        await().untilAsserted(() -> assertThat(attempts.get()).isGreaterThanOrEqualTo(1));
        CountDownLatch turn = new CountDownLatch(1);
        socket.io().run(turn::countDown);
        assertThat(turn.await(20, TimeUnit.SECONDS)).isTrue();
        int stopped = attempts.get();
        await().during(100, TimeUnit.MILLISECONDS).until(() -> attempts.get() == stopped);
        socket.connect();
        await().untilAsserted(() -> assertThat(attempts.get()).isGreaterThan(stopped));
    }

    @Test
    @Tag("sioc.connection.21")
    void oneSocketDisconnectsWhileAnotherReconnects() throws Exception {
        Manager manager = io.manager(server.main(), fresh().build());
        Socket one = manager.socket("/").connectBlocking(SHORT);
        Socket two = manager.socket("/asd").connectBlocking(SHORT);
        AtomicInteger wrong = new AtomicInteger();
        CountDownLatch back = new CountDownLatch(1);
        manager.onReconnectAttempt(n -> {
            one.onConnect(wrong::incrementAndGet);
            two.onConnect(back::countDown);
            one.disconnect();
        });
        manager.closeEngine();
        assertThat(back.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(wrong).hasValue(0);
    }

    @Test
    @Tag("sioc.connection.22")
    @Tag("sioc.connection.23")
    @Tag("sioc.connection.24")
    void attemptsAreCountedUntilReconnectionFails() throws Exception {
        Manager manager = io.manager(
                server.main(),
                fresh().timeout(Duration.ZERO)
                        .reconnectionAttempts(2)
                        .autoConnect(false)
                        .build());
        List<Integer> attempts = Collections.synchronizedList(new ArrayList<>());
        CountDownLatch failed = new CountDownLatch(1);
        AtomicInteger errors = new AtomicInteger();
        manager.onReconnectAttempt(attempts::add);
        manager.onReconnectError(e -> errors.incrementAndGet());
        manager.onReconnectFailed(failed::countDown);
        manager.socket("/timeout_socket").connect();
        assertThat(failed.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(attempts).containsExactly(1, 2);
        await().untilAsserted(() -> assertThat(errors).hasValue(2));
    }

    @Test
    @Tag("sioc.connection.25")
    void aSuccessfulConnectionMakesNoReconnectionAttempt() throws Exception {
        Manager manager = io.manager(server.main(), fresh().build());
        AtomicInteger attempts = new AtomicInteger();
        manager.onReconnectAttempt(n -> attempts.incrementAndGet());
        manager.socket("/valid").connectBlocking(SHORT);
        await().during(100, TimeUnit.MILLISECONDS).until(() -> attempts.get() == 0);
    }

    @Test
    @Tag("sioc.connection.26")
    @Tag("sioc.connection.28")
    void disconnectingOneNamespaceKeepsTheConnectionForTheOther() throws Exception {
        Manager manager = io.manager(server.main(), fresh().autoConnect(false).build());
        Socket one = manager.socket("/foo").connectBlocking(SHORT);
        Socket two = manager.socket("/asd");
        two.connect();
        one.disconnect();
        two.connectBlocking(SHORT);
        AtomicInteger disconnects = new AtomicInteger();
        CountDownLatch closed = new CountDownLatch(1);
        two.onDisconnect((reason, details) -> disconnects.incrementAndGet());
        manager.onClose((reason, details) -> closed.countDown());
        await().during(200, TimeUnit.MILLISECONDS).until(() -> disconnects.get() == 0);
        two.disconnect();
        assertThat(closed.await(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    @Tag("sioc.connection.29")
    void disablingReconnectionStopsTheAttempts() throws Exception {
        Manager manager = io.manager(
                "http://127.0.0.1:" + FailureTest.deadPort(),
                fresh().autoConnect(false).build());
        CountDownLatch off = new CountDownLatch(1);
        AtomicInteger later = new AtomicInteger();
        manager.onReconnectError(e -> {
            if (off.getCount() > 0) {
                manager.reconnection(false);
                manager.onReconnectAttempt(n -> later.incrementAndGet());
                off.countDown();
            }
        });
        manager.connect();
        assertThat(off.await(20, TimeUnit.SECONDS)).isTrue();
        int now = later.get();
        await().during(100, TimeUnit.MILLISECONDS).until(() -> later.get() <= now + 1);
    }

    @Test
    @Tag("sioc.connection.30")
    void aClosedPortIsRetriedTwice() throws Exception {
        Manager manager = io.manager(
                "http://127.0.0.1:" + FailureTest.deadPort(),
                fresh().reconnectionAttempts(2).autoConnect(false).build());
        AtomicInteger attempts = new AtomicInteger();
        CountDownLatch failed = new CountDownLatch(1);
        manager.onReconnectAttempt(n -> attempts.incrementAndGet());
        manager.onReconnectFailed(failed::countDown);
        manager.socket("/asd").connect();
        assertThat(failed.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(attempts).hasValue(2);
    }

    @Test
    @Tag("sioc.connection.31")
    @Tag("sioc.connection.32")
    void aClosedPortIsNotRetriedWithoutReconnection() throws Exception {
        Manager manager = io.manager(
                "http://127.0.0.1:" + FailureTest.deadPort(),
                fresh().reconnection(false).autoConnect(false).build());
        AtomicInteger attempts = new AtomicInteger();
        CountDownLatch one = new CountDownLatch(1);
        CountDownLatch two = new CountDownLatch(1);
        manager.onReconnectAttempt(n -> attempts.incrementAndGet());
        Socket first = manager.socket("/asd");
        first.onConnectError(e -> {
            one.countDown();
            Socket second = manager.socket("/second");
            second.onConnectError(again -> two.countDown());
            second.connect();
        });
        first.connect();
        assertThat(one.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(two.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(attempts).hasValue(0);
    }
}
