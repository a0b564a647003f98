package dev.sockeye.socketio.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sockeye.engineio.protocol.EnginePacket;
import dev.sockeye.socketio.AckTimeoutException;
import dev.sockeye.socketio.PacketTooLargeException;
import dev.sockeye.socketio.SendBufferFullException;
import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.protocol.MsgpackParser;
import java.time.Duration;
import java.util.ArrayList;
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
@Tag("threads")
@ParameterizedClass
@EnumSource(TestServers.class)
class DeliveryTest {
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

    private static void assertTimesOut(CompletableFuture<?> future) {
        assertThatThrownBy(() -> future.get(20, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(AckTimeoutException.class)
                .hasMessageContaining("operation has timed out");
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

    @Test
    @Tag("sioc.retry.01")
    void eventsAreSentOneAtATimeWithRetries() throws Exception {
        Socket socket = closed(fresh().retries(1).ackTimeout(Duration.ofSeconds(2)));
        List<String> sent = record(socket);
        List<Object> answers = Collections.synchronizedList(new ArrayList<>());
        for (int i = 1; i <= 3; i++) {
            socket.emit("echo", Arguments.of(i), (error, args) -> answers.add(args.get(0)));
        }
        socket.connect();
        await().untilAsserted(() -> assertThat(answers).containsExactly(1, 2, 3));
        socket.disconnect();
        await().untilAsserted(() ->
                assertThat(sent).containsExactly("0", "20[\"echo\",1]", "21[\"echo\",2]", "22[\"echo\",3]", "1"));
    }

    @Test
    @Tag("sioc.retry.02")
    void anUnacknowledgedEventIsRetriedAndThenTimesOut() throws Exception {
        Socket socket = closed(fresh().retries(3).ackTimeout(Duration.ofMillis(50)));
        List<String> sent = record(socket);
        var answer = socket.emitWithAck("ack");
        socket.connect();
        assertTimesOut(answer);
        assertThat(sent).containsExactly("0", "20[\"ack\"]", "21[\"ack\"]", "22[\"ack\"]", "23[\"ack\"]");
    }

    @Test
    @Tag("sioc.retry.03")
    void aQueuedEventIsSentOnceConnected() throws Exception {
        Socket socket = closed(fresh().retries(3).ackTimeout(Duration.ofSeconds(2)));
        var answer = socket.emitWithAck("echo", 1);
        await().during(100, TimeUnit.MILLISECONDS).until(() -> !answer.isDone());
        socket.connect();
        assertThat(answer.get(20, TimeUnit.SECONDS).get(0)).isEqualTo(1);
    }

    @Test
    @Tag("sioc.retry.04")
    void anEventEmittedInTheConnectListenerIsSentOnce() throws Exception {
        Socket socket = closed(fresh().retries(3));
        List<String> sent = record(socket);
        List<String> received = Collections.synchronizedList(new ArrayList<>());
        socket.io().connection().probe.received = packet -> {
            if (!(packet instanceof EnginePacket.Noop)) {
                received.add(packet.toString());
            }
        };
        socket.onConnect(() -> socket.emit("echo", (Object) null));
        socket.connect();
        await().until(() -> received.size() == 3);
        await().during(100, TimeUnit.MILLISECONDS).until(() -> received.size() == 3);
        assertThat(sent).containsExactly("0", "20[\"echo\",null]");
        assertThat(received.get(2)).isEqualTo("Message[30[null]]");
    }

    @Test
    void msgpackWorksAsParser() throws Exception {
        Socket socket = io.socket(
                server.url("msgpack"),
                fresh().parser(MsgpackParser.create()).autoConnect(false).build());
        socket.connectBlocking(SHORT);
        assertThat(socket.call("echo", SHORT, Map.of("a", List.of(1, "b"))).get(0))
                .isEqualTo(Map.of("a", List.of(1, "b")));
    }

    @Test
    void emittingAMessageAboveMaxPayloadThrowsAndTheConnectionStaysOpen() throws Exception {
        Socket socket = io.socket(server.url("small"), fresh().build()).connectBlocking(SHORT);
        assertThatThrownBy(() -> socket.emit("echo", "x".repeat(1000)))
                .isInstanceOf(PacketTooLargeException.class)
                .hasMessageContaining("1000 bytes");
        assertThat(socket.call("echo", SHORT, "small").get(0)).isEqualTo("small");
    }

    @Test
    void aBufferedMessageAboveMaxPayloadFailsWithoutAffectingOthers() throws Exception {
        Socket socket =
                io.socket(server.url("small"), fresh().autoConnect(false).build());
        var large = socket.emitWithAck("echo", "x".repeat(1000));
        var small = socket.emitWithAck("echo", "small");
        socket.connect();
        assertThat(small.get(20, TimeUnit.SECONDS).get(0)).isEqualTo("small");
        assertThatThrownBy(() -> large.get(20, TimeUnit.SECONDS)).hasCauseInstanceOf(PacketTooLargeException.class);
    }

    @Test
    void theSendBufferPolicyAppliesWhenTheBufferIsFull() throws Exception {
        Socket failing = closed(fresh().sendBufferSize(2));
        failing.emit("echo", 1);
        failing.emit("echo", 2);
        assertThatThrownBy(() -> failing.emit("echo", 3)).isInstanceOf(SendBufferFullException.class);

        Socket oldest = closed(fresh().sendBufferSize(2).sendBufferPolicy(SendBufferPolicy.DROP_OLDEST));
        List<CompletableFuture<Arguments>> answers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            answers.add(oldest.emitWithAck("echo", i));
        }
        oldest.connect();
        assertThat(answers.get(2).get(20, TimeUnit.SECONDS).get(0)).isEqualTo(2);
        assertThat(answers.get(1).get(20, TimeUnit.SECONDS).get(0)).isEqualTo(1);
        assertThatThrownBy(() -> answers.get(0).get(20, TimeUnit.SECONDS))
                .hasCauseInstanceOf(SendBufferFullException.class);

        Socket newest = closed(fresh().sendBufferSize(1).sendBufferPolicy(SendBufferPolicy.DROP_NEWEST));
        newest.emit("echo", 1);
        assertThatThrownBy(() -> newest.emitWithAck("echo", 2).get(20, TimeUnit.SECONDS))
                .hasCauseInstanceOf(SendBufferFullException.class);
    }

    @Test
    void listenersRunInOrderAndMayMakeBlockingCalls() throws Exception {
        Socket socket = connected("/");
        List<Integer> numbers = Collections.synchronizedList(new ArrayList<>());
        socket.on("number", Integer.class, number -> {
            try {
                numbers.add((Integer) socket.call("echo", SHORT, number).get(0));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        socket.emit("numbers", 20);
        await().until(() -> numbers.size() == 20);
        assertThat(numbers).isSorted();
    }

    @Test
    void aFullMailboxPausesReadingWithoutLosingEvents() throws Exception {
        Socket socket = closed(fresh().mailboxCapacity(4)).connectBlocking(SHORT);
        CountDownLatch gate = new CountDownLatch(1);
        AtomicInteger count = new AtomicInteger();
        socket.on("number", (args, ack) -> {
            gate.await();
            count.incrementAndGet();
        });
        socket.emit("numbers", 1000);
        await().until(() -> socket.core().congested());
        gate.countDown();
        await().until(() -> count.get() == 1000);
    }

    @Test
    void theClientDoesNotReconnectAfterAServerDisconnect() throws Exception {
        Socket socket = connected("/");
        List<DisconnectReason> reasons = Collections.synchronizedList(new ArrayList<>());
        AtomicInteger connects = new AtomicInteger();
        socket.onConnect(connects::incrementAndGet);
        socket.onDisconnect((reason, details) -> reasons.add(reason));
        socket.emit("kick");
        await().untilAsserted(() -> assertThat(reasons).containsExactly(DisconnectReason.IO_SERVER_DISCONNECT));
        await().during(100, TimeUnit.MILLISECONDS).until(() -> connects.get() == 0);
    }

    @Test
    void aPayloadThatDoesNotBindIsReportedToTheErrorListener() throws Exception {
        Socket socket = connected("/");
        CompletableFuture<Throwable> error = new CompletableFuture<>();
        socket.onError(error::complete);
        socket.on("false", Integer.class, number -> {});
        socket.emit("false");
        assertThat(error.get(20, TimeUnit.SECONDS)).hasMessageContaining("event \"false\", argument 1");
        assertThat(socket.connected()).isTrue();
    }
}
