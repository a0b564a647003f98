package dev.sockeye.socketio.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.engineio.protocol.EnginePacket;
import dev.sockeye.socketio.DisconnectDetails;
import dev.sockeye.socketio.TransportException;
import dev.sockeye.socketio.client.engine.CloseReason;
import dev.sockeye.socketio.client.engine.Endpoint;
import dev.sockeye.socketio.client.engine.Engine;
import dev.sockeye.socketio.client.engine.EngineListener;
import dev.sockeye.socketio.client.engine.EngineOptions;
import dev.sockeye.socketio.client.engine.RequestTemplate;
import dev.sockeye.socketio.client.transport.TransportName;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** An engine connection on a fake loop, clock and network: what leaves when, and what time does. */
class EngineClockTest {
    private static final String OPEN =
            "0{\"sid\":\"s\",\"upgrades\":[%s],\"pingInterval\":300,\"pingTimeout\":200,\"maxPayload\":100}";
    private final Bench bench = new Bench();
    private final List<String> told = new ArrayList<>();
    private Engine engine;

    private Engine engine(ClientOptionsBuilder builder) {
        EngineOptions options = builder.build().engineOptions();
        Endpoint endpoint = Endpoint.parse("http://localhost");
        RequestTemplate template = new RequestTemplate(endpoint, options, null, () -> 0);
        EngineListener listener = new EngineListener() {
            @Override
            public void onMessage(EnginePacket.Message message) {
                told.add("message " + message);
            }

            @Override
            public void onUpgrade(TransportName to) {
                told.add("upgrade");
            }

            @Override
            public void onUpgradeError(TransportException error) {
                told.add("upgrade error");
            }

            @Override
            public void onClose(CloseReason reason, DisconnectDetails details) {
                told.add("close " + reason);
            }
        };
        engine = new Engine(bench.loop, bench, options, template, false, listener);
        bench.loop.execute(engine::open);
        return engine;
    }

    private Engine polling() {
        Engine opened = engine(ClientOptions.builder().transports(TransportName.POLLING));
        bench.request("GET").answer(String.format(OPEN, ""));
        return opened;
    }

    private Engine upgrading() {
        Engine opened = engine(ClientOptions.builder());
        bench.request("GET").answer(String.format(OPEN, "\"websocket\""));
        return opened;
    }

    private void write(int... sizes) {
        bench.loop.execute(() -> {
            engine.cork();
            for (int size : sizes) {
                engine.write(EnginePacket.Message.text("x".repeat(size)), true);
            }
            engine.uncork();
        });
    }

    private String post() {
        FakeHttp.Pending post = bench.request("POST");
        post.answer("ok");
        return post.body();
    }

    @Test
    void packetsAreBatchedIntoOnePostUpToMaxPayload() {
        polling();
        write(99, 30, 30, 35, 33, 99);
        List<Integer> sizes = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            String body = post();
            assertThat(body.length()).isLessThanOrEqualTo(100);
            sizes.add(body.split("\u001e", -1).length);
        }
        assertThat(sizes).containsExactly(1, 3, 1, 1);
        assertThat(engine.outboundBytes()).isZero();
    }

    @Test
    void onlyOnePostIsInFlightAtATime() {
        polling();
        write(10);
        FakeHttp.Pending first = bench.request("POST");
        write(20);
        write(30);
        assertThat(bench.requests)
                .extracting(pending -> pending.request().method())
                .containsExactly("GET");
        first.answer("ok");
        assertThat(post().split("\u001e", -1)).hasSize(2);
    }

    @Test
    void theConnectionClosesAfterPingIntervalPlusPingTimeoutWithoutAPing() {
        polling();
        bench.loop.advance(499);
        assertThat(told).isEmpty();
        bench.loop.advance(1);
        assertThat(told).containsExactly("close " + CloseReason.PING_TIMEOUT);
        assertThat(bench.loop.timers()).isZero();
    }

    @Test
    void aPingIsAnsweredAndExtendsTheDeadline() {
        polling();
        for (int i = 0; i < 5; i++) {
            bench.loop.advance(300);
            bench.request("GET").answer("2");
            assertThat(post()).isEqualTo("3");
        }
        bench.loop.advance(499);
        assertThat(told).isEmpty();
        bench.loop.advance(1);
        assertThat(told).hasSize(1);
    }

    /** No poll follows the one that was answered, so the server's ping cannot arrive: both sides time out. */
    @Test
    void aPausedPollingConnectionAlsoTimesOut() {
        polling();
        bench.loop.execute(() -> engine.reading(false));
        bench.request("GET").answer("4held");
        assertThat(bench.requests).isEmpty();
        bench.loop.advance(499);
        assertThat(told).containsExactly("message " + EnginePacket.Message.text("held"));
        bench.loop.advance(1);
        assertThat(told).hasSize(2).last().isEqualTo("close " + CloseReason.PING_TIMEOUT);
        assertThat(bench.loop.timers()).isZero();
    }

    @Test
    void anUnansweredPollTimesOutWhileReadingIsPaused() {
        polling();
        bench.loop.execute(() -> engine.reading(false));
        bench.loop.delay(600);
        assertThat(engine.hasPingExpired()).isTrue();
        assertThat(told).containsExactly("close " + CloseReason.PING_TIMEOUT);
    }

    @Test
    void aPollingConnectionThatResumesReadingInTimeStaysOpen() {
        polling();
        bench.loop.execute(() -> engine.reading(false));
        bench.request("GET").answer("4held");
        bench.loop.advance(400);
        bench.loop.execute(() -> engine.reading(true));
        bench.loop.advance(400);
        bench.request("GET").answer("2");
        assertThat(post()).isEqualTo("3");
        assertThat(told).hasSize(1);
    }

    @Test
    void aLateTimerDoesNotHideAnExpiredHeartbeat() {
        polling();
        assertThat(engine.hasPingExpired()).isFalse();
        bench.loop.delay(600); // as after the sleep of a laptop
        assertThat(engine.hasPingExpired()).isTrue();
        assertThat(told).containsExactly("close " + CloseReason.PING_TIMEOUT);
    }

    /** On Linux and macOS the monotonic clock stands still while the machine sleeps. */
    @Test
    void anExpiredHeartbeatIsDetectedAfterTheMachineWasSuspended() {
        polling();
        bench.loop.suspendedMillis = 500;
        assertThat(engine.hasPingExpired()).isFalse();
        bench.loop.suspendedMillis = 501;
        assertThat(engine.hasPingExpired()).isTrue();
        assertThat(told).containsExactly("close " + CloseReason.PING_TIMEOUT);
    }

    @Test
    void packetsBeforeAMalformedOneAreReceived() {
        polling();
        bench.request("GET").answer("4first\u001e4second\u001ex");
        assertThat(told)
                .containsExactly(
                        "message " + EnginePacket.Message.text("first"),
                        "message " + EnginePacket.Message.text("second"),
                        "close " + CloseReason.TRANSPORT_ERROR);
    }

    @Test
    void pendingPacketsAreSentOverTheUpgradedTransport() {
        upgrading();
        FakeWebSocket probe = bench.server();
        probe.begin();
        assertThat(probe.frames).containsExactly("2probe");
        probe.text("3probe");
        write(5);
        assertThat(told).as("the pending poll must end first").isEmpty();
        bench.request("GET").answer("6");
        assertThat(told).containsExactly("upgrade");
        assertThat(probe.frames).containsExactly("2probe", "5", "4xxxxx");
        assertThat(bench.requests).isEmpty();
    }

    @Test
    void anUnansweredUpgradeProbeFailsAfterTheUpgradeTimeout() {
        upgrading();
        FakeWebSocket probe = bench.server();
        probe.begin();
        for (int i = 0; i < 33; i++) {
            bench.loop.advance(300);
            bench.request("GET").answer("2");
            post();
        }
        assertThat(told).isEmpty();
        bench.loop.advance(100);
        assertThat(told).containsExactly("upgrade error");
        assertThat(probe.isClosed()).isTrue();
        write(5);
        assertThat(post()).isEqualTo("4xxxxx");
    }

    @Test
    void reconnectionDelaysGrowUpToTheMaximum() {
        bench.socket(Bench.webSocket().build());
        List<Long> waits = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            bench.server().refuse();
            int before = bench.webSockets.size();
            long millis = 0;
            while (bench.webSockets.size() == before) {
                bench.loop.advance(1);
                millis++;
            }
            waits.add(millis);
        }
        assertThat(waits).containsExactly(1000L, 2000L, 4000L, 5000L, 5000L, 5000L);
    }

    @Test
    void aConnectionThatDoesNotOpenInTimeIsRetried() {
        bench.socket(Bench.webSocket().build());
        bench.loop.advance(19_999);
        assertThat(bench.server().isClosed()).isFalse();
        bench.loop.advance(1);
        assertThat(bench.server().isClosed()).isTrue();
        bench.loop.advance(1000);
        assertThat(bench.webSockets).hasSize(2);
    }
}
