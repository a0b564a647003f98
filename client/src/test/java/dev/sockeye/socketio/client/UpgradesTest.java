package dev.sockeye.socketio.client;

import static dev.sockeye.socketio.client.transport.TransportName.POLLING;
import static dev.sockeye.socketio.client.transport.TransportName.WEBSOCKET;
import static dev.sockeye.socketio.client.transport.TransportName.WEBTRANSPORT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sockeye.socketio.client.transport.TransportName;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Upgrades to more than one transport, and WebTransport as the first, on a fake loop, clock and network. */
class UpgradesTest {
    private static final String OPEN =
            "0{\"sid\":\"s\\\"1\",\"upgrades\":[\"websocket\",\"webtransport\"],\"pingInterval\":25000,\"pingTimeout\":20000,\"maxPayload\":1000}";
    private final Bench bench = new Bench();
    private final List<String> told = new ArrayList<>();

    private Socket socket(TransportName... transports) {
        Socket socket = bench.io.socket(
                "https://localhost/?token=1",
                ClientOptions.builder().transports(transports).build());
        socket.io().onUpgrade(to -> told.add("upgrade " + to.text()));
        socket.io().onUpgradeError(error -> told.add("failed: " + error.getMessage()));
        return socket;
    }

    private Socket upgrading() {
        Socket socket = socket(POLLING, WEBSOCKET, WEBTRANSPORT);
        bench.request("GET").answer(OPEN);
        return socket;
    }

    private FakeWebSocket webTransport() {
        return bench.webTransports.get(0);
    }

    private FakeWebSocket webSocket() {
        return bench.webSockets.get(0);
    }

    private void endPolling() {
        bench.request("POST").answer("ok"); // the socket's connect packet
        bench.request("GET").answer("6");
    }

    @Test
    void webtransportIsProbedFirstAndUsed() {
        upgrading();
        FakeWebSocket session = webTransport();
        assertThat(session.uri).isEqualTo("/socket.io/?token=1&EIO=4&transport=webtransport");
        assertThat(webSocket().uri).as("it waits for 200 ms").isNull();
        session.begin();
        assertThat(session.frames).containsExactly("0{\"sid\":\"s\\u00221\"}", "2probe");
        session.text("3probe");
        assertThat(webSocket().isClosed()).isTrue();
        endPolling();
        assertThat(told).containsExactly("upgrade webtransport");
        assertThat(session.frames.get(2)).isEqualTo("5");
        bench.loop.advance(1000);
        assertThat(webSocket().uri).as("never opened").isNull();
    }

    @Test
    void aWebsocketThatAnswersFirstIsUsedAndTheWebtransportSessionIsClosed() {
        upgrading();
        bench.loop.advance(199);
        assertThat(webSocket().uri).isNull();
        bench.loop.advance(1);
        webSocket().begin().text("3probe");
        assertThat(webTransport().isClosed()).isTrue();
        endPolling();
        assertThat(told).containsExactly("upgrade websocket");
    }

    @Test
    void theWebsocketUpgradeSucceedsWhenTheWebtransportSessionFails() {
        upgrading();
        webTransport().refuse();
        assertThat(told).hasSize(1).first().asString().startsWith("failed:");
        bench.loop.advance(200);
        webSocket().begin().text("3probe");
        endPolling();
        assertThat(told).hasSize(2).last().isEqualTo("upgrade websocket");
    }

    @Test
    void pollingContinuesWhenTheChosenTransportFailsDuringTheUpgrade() {
        Socket socket = upgrading();
        webTransport().begin().text("3probe").end();
        assertThat(told).hasSize(1).first().asString().startsWith("failed:");
        endPolling();
        bench.request("GET").answer("40{\"sid\":\"id-1\"}");
        assertThat(socket.connected()).isTrue();
        assertThat(socket.io().transport()).isEqualTo(POLLING);
    }

    @Test
    void websocketIsNotProbedUnlessConfigured() {
        socket(POLLING, WEBTRANSPORT);
        bench.request("GET").answer(OPEN);
        assertThat(bench.webSockets).isEmpty();
        assertThat(bench.webTransports).hasSize(1);
    }

    @Test
    void aDirectSessionStartsWithAnOpenPacketAndBuffersMessagesUntilTheHandshake() {
        Socket socket = socket(WEBTRANSPORT);
        socket.emit("early");
        FakeWebSocket session = webTransport();
        session.begin();
        assertThat(session.frames).containsExactly("0");
        session.text(
                "0{\"sid\":\"s\",\"upgrades\":[],\"pingInterval\":25000,\"pingTimeout\":20000,\"maxPayload\":1000}");
        session.text("40{\"sid\":\"id-1\"}");
        assertThat(socket.connected()).isTrue();
        assertThat(session.frames).containsExactly("0", "40", "42[\"early\"]");
        assertThat(socket.io().transport()).isEqualTo(WEBTRANSPORT);
    }

    @Test
    void aMissingWebtransportModuleIsReportedImmediately() {
        bench.hasWebTransport = false;
        assertThatThrownBy(() -> socket(POLLING, WEBTRANSPORT))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("sockeye-client-webtransport");
    }
}
