package dev.sockeye.verification.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.engineio.EngineOptions;
import dev.sockeye.engineio.EngineSocket;
import dev.sockeye.engineio.protocol.EnginePacket.Message;
import dev.sockeye.verification.host.Host;
import dev.sockeye.verification.wire.WireSocket.Frame;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The move from polling to WebSocket, and all the ways it fails. */
@Timeout(60)
@DisplayName("An upgrade")
@ParameterizedClass
@EnumSource(Host.class)
class EngineUpgradeTest {
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

    private static WireSocket probed(Wire.Polling polling) {
        WireSocket socket = polling.upgrade();
        socket.send("2probe");
        assertThat(socket.text()).isEqualTo("3probe");
        return socket;
    }

    private static void works(Wire.Polling polling) {
        polling.post("4still on polling");
        assertThat(polling.pollUntil("4")).contains("4still on polling");
    }

    @Test
    void endsTheWaitingPollWithANoopAndContinuesOnTheWebSocket() {
        EchoEngine engine = start(options -> options);
        Wire.Polling polling = engine.wire().polling();
        CompletableFuture<HttpResponse<byte[]>> poll = polling.pollLater();
        try (WireSocket socket = probed(polling)) {
            assertThat(Wire.text(Wire.await(poll))).isEqualTo("6");
            socket.send("5");
            socket.send("4hello");
            assertThat(socket.text()).isEqualTo("4hello");
            assertThat(engine.connection().transport()).isEqualTo("websocket");
            assertThat(polling.get().statusCode()).isEqualTo(400);
            socket.send("4again");
            assertThat(socket.text()).isEqualTo("4again");
        }
        assertThat(engine.ended().reason()).isEqualTo("transport close");
    }

    @Test
    @Tag("eio.server.118")
    @Tag("eio.server.129")
    void neverLosesDuplicatesOrReordersMessages() {
        EchoEngine engine = start(options -> options);
        EchoEngine second = start(options -> options.path("/other"));
        Wire.Polling polling = engine.wire().polling();
        EngineSocket session = engine.connection();
        List<String> expected = new ArrayList<>();
        List<String> got = new ArrayList<>();
        int sent = 0;
        for (; sent < 50; sent++) {
            session.send(List.of(Message.text("m" + sent)), true, null);
            expected.add("4m" + sent);
        }
        collect(polling.poll(), got);
        try (WireSocket socket = polling.upgrade()) {
            for (; sent < 100; sent++) {
                session.send(List.of(Message.text("m" + sent)), true, null);
                expected.add("4m" + sent);
            }
            socket.send("2probe");
            assertThat(socket.text()).isEqualTo("3probe");
            String body = polling.poll();
            while (!body.endsWith("6")) {
                collect(body, got);
                body = polling.poll();
            }
            collect(body, got);
            for (; sent < 150; sent++) {
                session.send(List.of(Message.text("m" + sent)), true, null);
                expected.add("4m" + sent);
            }
            socket.send("5");
            for (; sent < 200; sent++) {
                session.send(List.of(Message.text("m" + sent)), true, null);
                expected.add("4m" + sent);
            }
            while (got.size() < expected.size()) {
                got.add(socket.text());
            }
            assertThat(got).isEqualTo(expected);
            assertThat(second.engine().clientsCount()).isZero();
        }
    }

    private static void collect(String body, List<String> got) {
        for (String packet : body.split(Wire.RS, -1)) {
            if (packet.startsWith("4")) {
                got.add(packet);
            }
        }
    }

    @Test
    @Tag("eio.server.08")
    void aSecondWebSocketOfAnUpgradedSessionIsClosed() {
        EchoEngine engine = start(options -> options);
        Wire.Polling polling = engine.wire().polling();
        try (WireSocket socket = probed(polling)) {
            socket.send("5");
            socket.send("4x");
            assertThat(socket.text()).isEqualTo("4x");
            try (WireSocket intruder = polling.upgrade()) {
                intruder.closed();
            } catch (WireSocket.Refused refused) {
                assertThat(refused.status()).isIn(0, 400);
            }
            socket.send("4still here");
            assertThat(socket.text()).isEqualTo("4still here");
        }
    }

    @Test
    @Tag("eio.server.75")
    void anUpgradeThatTimesOutLeavesTheSessionOnPolling() {
        EchoEngine engine = start(options -> options.upgradeTimeout(Duration.ofMillis(100)));
        Wire.Polling polling = engine.wire().polling();
        try (WireSocket socket = probed(polling)) {
            socket.closed();
        }
        works(polling);
    }

    @Test
    @Tag("eio.server.07")
    void anUpgradeWithInvalidFramesDoesNotAffectTheSession() throws Exception {
        EchoEngine engine = start(options -> options);
        Wire.Polling polling = engine.wire().polling();
        try (RawHttp http = new RawHttp(engine.port())) {
            http.write(RawWebSocket.handshake("/engine.io/?EIO=4&transport=websocket&sid=" + polling.sid())
                    + "\u00ff\u00ff\u00ff garbage");
            http.closes();
        }
        works(polling);
    }

    @Test
    @Tag("eio.server.06")
    void aWebSocketWithInvalidFramesIsClosedAndNewSessionsWork() throws Exception {
        EchoEngine engine = start(options -> options);
        try (RawHttp http = new RawHttp(engine.port())) {
            http.write(RawWebSocket.handshake("/engine.io/?EIO=4&transport=websocket") + "\u00ff\u00ff garbage");
            assertThat(http.closes()).isTrue();
        }
        works(engine.wire().polling());
    }

    @Test
    @Tag("eio.server.56")
    void aMalformedWebSocketRequestIsRefused() throws Exception {
        EchoEngine engine = start(options -> options);
        for (String missing :
                List.of("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", "Sec-WebSocket-Version: 13\r\n")) {
            try (RawHttp http = new RawHttp(engine.port())) {
                http.write(RawWebSocket.handshake("/engine.io/?EIO=4&transport=websocket")
                        .replace(missing, ""));
                assertThat(http.read().status()).isIn(400, 426);
            }
        }
    }

    @Test
    @Tag("eio.server.74")
    void aPendingUpgradeIsClosedWithItsSession() {
        EchoEngine engine = start(options -> options);
        Wire.Polling polling = engine.wire().polling();
        try (WireSocket socket = probed(polling)) {
            engine.connection().close();
            polling.poll();
            socket.closed();
        }
        assertThat(engine.ended().reason()).isEqualTo("forced close");
    }

    @Test
    @Tag("eio.server.76")
    @Tag("eio.server.60")
    void heartbeatsContinueAfterAnUpgrade() {
        EchoEngine engine =
                start(options -> options.pingInterval(Duration.ofMillis(50)).pingTimeout(Duration.ofMillis(20_000)));
        Wire.Polling polling = engine.wire().polling();
        try (WireSocket socket = polling.upgrade()) {
            socket.send("2probe");
            assertThat(socket.text()).isEqualTo("3probe");
            socket.send("5");
            for (int pings = 0; pings < 8; pings++) {
                assertThat(socket.next()).isEqualTo(new Frame.Text("2"));
                socket.send("3");
            }
            assertThat(engine.connection().readyState()).isEqualTo(EngineSocket.ReadyState.OPEN);
        }
    }

    @Test
    @Tag("eio.server.72")
    @Tag("eio.server.73")
    void malformedPacketsEndTheSession() {
        EchoEngine engine = start(options -> options);
        try (WireSocket socket = engine.wire().webSocket()) {
            socket.text();
            socket.send("abc");
            socket.closed();
        }
        assertThat(engine.ended().reason()).isEqualTo("parse error");
        Wire.Polling polling = engine.wire().polling();
        assertThat(polling.post("abc").statusCode()).isIn(200, 400);
        assertThat(engine.ended().reason()).isEqualTo("parse error");
        assertThat(polling.get().statusCode()).isEqualTo(400);
    }

    @Test
    @Tag("eio.server.59")
    void aSessionDoesNotTimeOutEarly() {
        EchoEngine engine =
                start(options -> options.pingInterval(Duration.ofMillis(200)).pingTimeout(Duration.ofMillis(200)));
        long start = System.nanoTime();
        engine.wire().polling();
        assertThat(engine.ended().reason()).isEqualTo("ping timeout");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(400));
    }
}
