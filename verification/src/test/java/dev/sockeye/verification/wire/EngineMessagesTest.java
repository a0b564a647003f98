package dev.sockeye.verification.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sockeye.engineio.EngineOptions;
import dev.sockeye.engineio.EngineSocket;
import dev.sockeye.engineio.EngineSocketListener;
import dev.sockeye.engineio.protocol.EnginePacket.Message;
import dev.sockeye.verification.host.Host;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.zip.GZIPInputStream;
import java.util.zip.InflaterInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages, limits and closing over real connections. */
@Timeout(60)
@DisplayName("Engine messages")
@ParameterizedClass
@EnumSource(Host.class)
class EngineMessagesTest {
    @Parameter
    Host host;

    private final List<EchoEngine> engines = new ArrayList<>();

    @AfterEach
    void stop() {
        engines.forEach(EchoEngine::close);
    }

    private EchoEngine start(UnaryOperator<EngineOptions.Builder> options) {
        EchoEngine engine = EchoEngine.start(host, options);
        engines.add(engine);
        return engine;
    }

    private EchoEngine start() {
        return start(options -> options);
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static void send(EngineSocket socket, Message... messages) {
        for (Message message : messages) {
            socket.send(List.of(message), true, null);
        }
    }

    @Test
    @Tag("eio.server.98")
    void aOneMegabytePostSentInPiecesIsReassembled() throws Exception {
        EchoEngine engine = start(options -> options.maxHttpBufferSize(2_000_000));
        Wire.Polling polling = engine.wire().polling();
        byte[] body = text("4" + "é".repeat(500_000));
        try (RawHttp http = new RawHttp(engine.port())) {
            http.write("POST /engine.io/?" + polling.query()
                    + " HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain;charset=UTF-8\r\nContent-Length: " + body.length
                    + "\r\n\r\n");
            for (int from = 0; from < body.length; from += 65_537) {
                http.write(Arrays.copyOfRange(body, from, Math.min(body.length, from + 65_537)));
            }
            RawHttp.Answer answer = http.read();
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.text()).isEqualTo("ok");
        }
        assertThat(engine.message()).isEqualTo("é".repeat(500_000));
    }

    @Test
    @Tag("eio.server.99")
    void aChunkedPostIsAccepted() throws Exception {
        EchoEngine engine = start();
        Wire.Polling polling = engine.wire().polling();
        try (RawHttp http = new RawHttp(engine.port())) {
            http.write("POST /engine.io/?" + polling.query()
                    + " HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + "3\r\n4he\r\n4\r\nllo!\r\n0\r\n\r\n");
            assertThat(http.read().text()).isEqualTo("ok");
        }
        assertThat(engine.message()).isEqualTo("hello!");
    }

    @Test
    @Tag("eio.server.86")
    @Tag("eioc.socket.11")
    void aPostAboveTheLimitIsRefusedAndEndsTheSession() throws Exception {
        EchoEngine engine = start(options -> options.maxHttpBufferSize(100));
        for (boolean chunked : new boolean[] {false, true}) {
            Wire.Polling polling = engine.wire().polling();
            try (RawHttp http = new RawHttp(engine.port())) {
                http.write("POST /engine.io/?" + polling.query()
                        + " HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\n"
                        + (chunked ? "Transfer-Encoding: chunked\r\n\r\n65\r\n" : "Content-Length: 101\r\n\r\n")
                        + "4" + "x".repeat(100) + (chunked ? "\r\n0\r\n\r\n" : ""));
                RawHttp.Answer answer = http.read();
                assertThat(answer.status()).isEqualTo(413);
                assertThat(answer.body()).isEmpty();
            }
            assertThat(engine.ended().reason()).isEqualTo("transport error");
            assertThat(polling.post("1").statusCode()).isEqualTo(400);
            assertThat(engine.noMessage()).isTrue();
        }
    }

    @Test
    @Tag("eio.server.88")
    void aPostOfExactlyTheLimitIsAccepted() {
        EchoEngine engine = start(options -> options.maxHttpBufferSize(100));
        Wire.Polling polling = engine.wire().polling();
        HttpResponse<byte[]> answer = polling.post("4" + "x".repeat(99));
        assertThat(Wire.text(answer)).isEqualTo("ok");
        // Jetty always names the charset
        assertThat(answer.headers().firstValue("content-type"))
                .hasValue(host == Host.JETTY ? "text/html;charset=utf-8" : "text/html");
        assertThat(engine.message()).isEqualTo("x".repeat(99));
    }

    @Test
    @Tag("eio.server.87")
    @Tag("eioc.socket.12")
    void aWebSocketMessageAboveTheLimitClosesWith1009() {
        EchoEngine engine = start(options -> options.maxHttpBufferSize(100));
        try (WireSocket socket = engine.wire().webSocket()) {
            socket.text();
            socket.send("4" + "x".repeat(99));
            assertThat(socket.text()).hasSize(100);
            socket.send("4" + "x".repeat(100));
            assertThat(socket.closed()).isEqualTo(new WireSocket.Frame.Closed(1009, ""));
        }
        assertThat(engine.message()).isEqualTo("x".repeat(99));
        assertThat(engine.noMessage()).isTrue();
    }

    @Test
    @Tag("eio.server.65")
    void aBinaryPostIsRefusedInProtocolVersion4() {
        EchoEngine engine = start();
        Wire.Polling polling = engine.wire().polling();
        assertThat(polling.post("4x", "Content-Type", "application/octet-stream")
                        .statusCode())
                .isEqualTo(400);
        assertThat(engine.ended().reason()).isEqualTo("transport error");
    }

    @Test
    @Tag("eio.server.84")
    @Tag("eio.server.96")
    @Tag("eio.server.103")
    @Tag("eioc.arraybuffer-polling.01")
    @Tag("eioc.arraybuffer-polling.02")
    void unicodeTextAndBytesAreTransferredInBothDirectionsOverPolling() {
        EchoEngine engine = start();
        Wire.Polling polling = engine.wire().polling();
        assertThat(Wire.text(polling.post("4石室詩士施氏，嗜獅，誓食十獅。\u001ebAQIDBA==\u001e4😀")))
                .isEqualTo("ok");
        assertThat(polling.poll()).isEqualTo("4石室詩士施氏，嗜獅，誓食十獅。\u001ebAQIDBA==\u001e4😀");
        assertThat(engine.message()).isEqualTo("石室詩士施氏，嗜獅，誓食十獅。");
        assertThat((byte[]) engine.message()).containsExactly(1, 2, 3, 4);
    }

    @Test
    @Tag("eio.server.89")
    @Tag("eio.server.92")
    @Tag("eio.server.93")
    @Tag("eio.server.94")
    @Tag("eio.server.95")
    void textAndBytesFromTheServerArriveOverWebSocket() {
        EchoEngine engine = start();
        try (WireSocket socket = engine.wire().webSocket()) {
            socket.text();
            byte[] bytes = {0, 1, 2, 3, 4, -128, 127};
            send(engine.connection(), Message.text("ü"), Message.binary(bytes), Message.text("after"));
            assertThat(socket.text()).isEqualTo("4ü");
            assertThat(socket.binary()).isEqualTo(bytes);
            assertThat(socket.text()).isEqualTo("4after");
        }
    }

    @Test
    @Tag("eio.server.80")
    @Tag("eio.server.85")
    @Tag("eio.server.49")
    void severalMessagesArriveInOrderBeforeTheCloseOverPolling() {
        EchoEngine engine = start();
        Wire.Polling polling = engine.wire().polling();
        EngineSocket socket = engine.connection();
        send(socket, Message.text("a"), Message.text("b"), Message.text("c"));
        socket.close();
        // a poll that the loop sees before the messages takes the first of them alone
        List<String> packets = new ArrayList<>();
        while (!packets.contains("1")) {
            packets.addAll(List.of(polling.poll().split("\u001e")));
        }
        packets.removeIf("6"::equals);
        assertThat(packets).containsExactly("4a", "4b", "4c", "1");
        assertThat(engine.ended().reason()).isEqualTo("forced close");
        assertThat(polling.get().statusCode()).isEqualTo(400);
    }

    @Test
    @Tag("eio.server.90")
    @Tag("eio.server.91")
    @Tag("eio.server.50")
    void severalMessagesArriveInOrderBeforeTheCloseOverWebSocket() {
        EchoEngine engine = start();
        try (WireSocket socket = engine.wire().webSocket()) {
            socket.text();
            EngineSocket session = engine.connection();
            send(session, Message.text("a"), Message.text("b"), Message.text("c"));
            session.close();
            assertThat(socket.text()).isEqualTo("4a");
            assertThat(socket.text()).isEqualTo("4b");
            assertThat(socket.text()).isEqualTo("4c");
            socket.closed();
        }
        assertThat(engine.ended().reason()).isEqualTo("forced close");
    }

    @Test
    @Tag("eio.server.54")
    void packetsAfterACloseInTheSamePayloadAreIgnored() {
        EchoEngine engine = start();
        Wire.Polling polling = engine.wire().polling();
        polling.post("4a\u001e1\u001e4b");
        assertThat(engine.ended().reason()).isEqualTo("transport close");
        assertThat(engine.message()).isEqualTo("a");
        assertThat(engine.noMessage()).isTrue();
    }

    @Test
    @Tag("eio.server.52")
    void aPollRightAfterTheClosingPostIsAnsweredWithANoop() {
        EchoEngine engine = start();
        Wire.Polling polling = engine.wire().polling();
        assertThat(Wire.text(polling.post("1"))).isEqualTo("ok");
        assertThat(engine.ended().reason()).isEqualTo("transport close");
        assertThat(polling.poll()).isEqualTo("6");
        assertThat(polling.get().statusCode()).isEqualTo(400);
    }

    @Test
    @Tag("eio.server.57")
    void anAbortedPollEndsTheSession() throws Exception {
        // a servlet container does not watch a connection that waits for an answer: there the heartbeat finds out
        EchoEngine engine = start(options -> host == Host.NETTY
                ? options
                : options.pingInterval(Duration.ofMillis(300)).pingTimeout(Duration.ofMillis(200)));
        Wire.Polling polling = engine.wire().polling();
        RawHttp http = new RawHttp(engine.port());
        http.write("GET /engine.io/?" + polling.query() + " HTTP/1.1\r\nHost: x\r\n\r\n");
        http.close();
        EchoEngine.Ended ended = engine.ended();
        if (host != Host.NETTY) {
            assertThat(ended.reason()).isIn("ping timeout", "transport error");
            return;
        }
        assertThat(ended.reason()).isEqualTo("transport error");
        assertThat(String.valueOf(ended.description())).contains("poll connection closed prematurely");
    }

    @Test
    @Tag("eio.server.58")
    void requestsThatCloseTheirConnectionDoNotEndTheSession() throws Exception {
        EchoEngine engine = start();
        Wire.Polling polling = engine.wire().polling();
        for (int i = 0; i < 3; i++) {
            try (RawHttp http = new RawHttp(engine.port())) {
                http.write("POST /engine.io/?" + polling.query()
                        + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2\r\n\r\n4" + i);
                assertThat(http.read().text()).isEqualTo("ok");
                assertThat(http.closes()).isTrue();
            }
            try (RawHttp http = new RawHttp(engine.port())) {
                http.write("GET /engine.io/?" + polling.query() + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
                assertThat(http.read().text()).isEqualTo("4" + i);
            }
        }
    }

    @Test
    @Tag("eio.server.45")
    @Tag("eio.server.46")
    @Tag("eio.server.71")
    void aPollingSessionWithoutAPongTimesOut() {
        EchoEngine engine =
                start(options -> options.pingInterval(Duration.ofMillis(50)).pingTimeout(Duration.ofMillis(30)));
        Wire.Polling polling = engine.wire().polling();
        assertThat(engine.ended().reason()).isEqualTo("ping timeout");
        assertThat(polling.get().statusCode()).isEqualTo(400);
    }

    @Test
    @Tag("eio.server.48")
    @Tag("eio.server.70")
    void aWebSocketWithoutAPongIsClosed() {
        EchoEngine engine =
                start(options -> options.pingInterval(Duration.ofMillis(50)).pingTimeout(Duration.ofMillis(30)));
        try (WireSocket socket = engine.wire().webSocket()) {
            assertThat(((WireSocket.Frame.Text) socket.next()).text()).startsWith("0{");
            assertThat(socket.next()).isEqualTo(new WireSocket.Frame.Text("2"));
            socket.closed();
        }
        assertThat(engine.ended().reason()).isEqualTo("ping timeout");
    }

    @Test
    @Tag("eio.server.102")
    void aBurstOfLargeMessagesDoesNotDisturbTheHeartbeat() throws Exception {
        EchoEngine engine =
                start(options -> options.pingInterval(Duration.ofMillis(200)).pingTimeout(Duration.ofMillis(20_000)));
        try (WireSocket socket = engine.wire().webSocket()) {
            socket.text();
            EngineSocket session = engine.connection();
            Message big = Message.text("a".repeat(64 * 1024));
            for (int i = 0; i < 100; i++) {
                send(session, big);
            }
            for (int i = 0; i < 100; i++) {
                assertThat(socket.text()).hasSize(64 * 1024 + 1);
            }
            socket.send("4done");
            assertThat(socket.text()).isEqualTo("4done");
            // each ping comes only after the answer to the one before
            for (int pings = 0; pings < 3; pings++) {
                assertThat(socket.next()).isEqualTo(new WireSocket.Frame.Text("2"));
                socket.send("3");
            }
            assertThat(session.readyState()).isEqualTo(EngineSocket.ReadyState.OPEN);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "deflate", "gzip, deflate, br"})
    @Tag("eio.server.130")
    @Tag("eio.server.131")
    void largePollResponsesAreCompressedIfTheClientAcceptsIt(String accepted) throws IOException {
        EchoEngine engine = start();
        Wire.Polling polling = engine.wire().polling();
        send(engine.connection(), Message.text("a".repeat(1024)));
        HttpResponse<byte[]> response = polling.get("Accept-Encoding", accepted);
        String encoding = response.headers().firstValue("content-encoding").orElse("none");
        assertThat(encoding).isEqualTo(accepted.startsWith("gzip") ? "gzip" : "deflate");
        var body = new ByteArrayInputStream(response.body());
        var plain = encoding.equals("gzip") ? new GZIPInputStream(body) : new InflaterInputStream(body);
        assertThat(new String(plain.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo("4" + "a".repeat(1024));
    }

    @Test
    @Tag("eio.server.132")
    @Tag("eio.server.133")
    @Tag("eio.server.134")
    @Tag("eio.server.135")
    void compressionRespectsItsThresholdAndOptions() {
        assertThat(encoding(start(), 100, true)).isEqualTo("none");
        assertThat(encoding(start(), 2_000, false)).isEqualTo("none");
        assertThat(encoding(start(options -> options.httpCompressionThreshold(0)), 100, true))
                .isEqualTo("gzip");
        assertThat(encoding(start(options -> options.httpCompressionThreshold(-1)), 2_000, true))
                .isEqualTo("none");
    }

    private static String encoding(EchoEngine engine, int size, boolean compress) {
        Wire.Polling polling = engine.wire().polling();
        engine.connection().send(List.of(Message.text("a".repeat(size))), compress, null);
        return polling.get("Accept-Encoding", "gzip, deflate")
                .headers()
                .firstValue("content-encoding")
                .orElse("none");
    }

    @Test
    @Tag("eio.server.115")
    @Tag("eio.server.117")
    @Tag("eio.server.119")
    @Tag("eio.server.120")
    void sendCallbacksRunWhenTheMessageIsSent() throws Exception {
        EchoEngine engine = start();
        Wire.Polling polling = engine.wire().polling();
        CountDownLatch polled = new CountDownLatch(3);
        EngineSocket first = engine.connection();
        for (String text : List.of("a", "b", "c")) {
            first.send(List.of(Message.text(text)), true, polled::countDown);
        }
        assertThat(polled.getCount()).isEqualTo(3);
        String received = polling.poll();
        while (received.length() < "4a?4b?4c".length()) { // a poll may arrive on the loop before the later messages
            received += "\u001e" + polling.poll();
        }
        assertThat(received).isEqualTo("4a\u001e4b\u001e4c");
        assertThat(polled.await(20, TimeUnit.SECONDS)).isTrue();
        try (WireSocket socket = engine.wire().webSocket()) {
            socket.text();
            CountDownLatch sent = new CountDownLatch(3);
            EngineSocket second = engine.connection();
            for (String text : List.of("a", "b", "c")) {
                second.send(List.of(Message.text(text)), true, sent::countDown);
            }
            assertThat(sent.await(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    @Tag("eio.server.101")
    void observersAreNotifiedOfFlushAndDrain() {
        EchoEngine engine = start();
        Wire.Polling polling = engine.wire().polling();
        EngineSocket socket = engine.connection();
        BlockingQueue<String> seen = new LinkedBlockingQueue<>();
        socket.observe(new EngineSocketListener.Observer() {
            @Override
            public void onFlush(int packets) {
                seen.add("flush " + packets);
            }

            @Override
            public void onDrain() {
                seen.add("drain");
            }
        });
        send(socket, Message.text("a"), Message.text("b"));
        // the loop may read a request before it runs submitted tasks
        CompletableFuture.runAsync(() -> {}, socket.loop()).join();
        assertThat(polling.poll()).isEqualTo("4a\u001e4b");
        await().untilAsserted(() -> assertThat(seen).containsExactly("flush 2", "drain"));
    }

    @Test
    void overlappingPollsEndTheSession() {
        EchoEngine engine = start();
        Wire.Polling polling = engine.wire().polling();
        CompletableFuture<HttpResponse<byte[]>> first = polling.pollLater();
        // the two race to the server: one of them waits, the other is refused
        CompletableFuture<HttpResponse<byte[]>> other = polling.pollLater();
        List<Integer> statuses =
                List.of(Wire.await(first).statusCode(), Wire.await(other).statusCode());
        assertThat(statuses).containsExactlyInAnyOrder(200, 400);
        assertThat(engine.ended().reason()).isEqualTo("transport error");
        assertThat(polling.get().statusCode()).isEqualTo(400);
    }
}
