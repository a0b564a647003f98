package dev.sockeye.engineio;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Interval 300 ms, timeout 200 ms. */
class HeartbeatTest {
    private final Bench bench = new Bench(o -> o.allowEIO3(true));

    @Test
    @Tag("eio.server.45")
    @Tag("eio.server.46")
    @Tag("eio.server.71")
    @Tag("eio.server.59")
    void aPollingSessionWithoutPongIsClosedAfterIntervalPlusTimeout() {
        String sid = bench.open();
        bench.loop.advance(499);
        assertThat(bench.listener().events).isEmpty();
        bench.loop.advance(1);
        assertThat(bench.listener().events).containsExactly("close ping timeout");
        assertThat(bench.poll(sid).status()).isEqualTo(400);
        bench.assertNothingLeft();
    }

    @Test
    void aRequestAfterTheDeadlineIsRefusedEvenIfTheTimerIsLate() {
        String sid = bench.open();
        bench.loop.advance(300);
        bench.loop.delay(200);
        assertThat(bench.poll(sid).status()).isEqualTo(400);
        assertThat(bench.listener().events).containsExactly("close ping timeout");
        bench.assertNothingLeft();
    }

    @Test
    void aPollThatArrivesBeforeALatePingReceivesThePing() {
        String sid = bench.open();
        bench.loop.delay(310);
        assertThat(bench.poll(sid).text()).isEqualTo("2");
    }

    @Test
    void aSlightlyLatePingDoesNotExtendTheTimeout() {
        bench.open();
        bench.loop.delay(330);
        bench.loop.advance(169);
        assertThat(bench.listener().events).isEmpty();
        bench.loop.advance(1);
        assertThat(bench.listener().events).containsExactly("close ping timeout");
    }

    @Test
    void aVeryLatePingLeavesTheClientMostOfTheTimeout() {
        bench.open();
        bench.loop.delay(5000);
        bench.loop.advance(149);
        assertThat(bench.listener().events).isEmpty();
        bench.loop.advance(1);
        assertThat(bench.listener().events).containsExactly("close ping timeout");
    }

    /** The process was stopped, and the pong may be in the socket. */
    @Test
    void afterALongDelayOfTheTimersThePongCanStillBeRead() {
        FakeUpgrade socket = bench.webSocket(null);
        bench.loop.advance(300);
        bench.loop.delay(5000);
        bench.loop.advance(0);
        socket.text("3");
        bench.loop.advance(300);
        assertThat(socket.frames).last().isEqualTo("2");
        socket.text("3");
        assertThat(bench.listener().events).isEmpty();
    }

    @Test
    void afterALongDelayOfTheTimersASilentClientIsClosed() {
        FakeUpgrade socket = bench.webSocket(null);
        bench.loop.advance(300);
        bench.loop.delay(5000);
        bench.loop.advance(99);
        assertThat(socket.closed()).isFalse();
        bench.loop.delay(5000);
        bench.loop.advance(1);
        assertThat(bench.listener().events).containsExactly("close ping timeout");
        bench.assertNothingLeft();
    }

    @Test
    void aRequestWithAPongIsServedAfterALongDelayOfTheTimers() {
        String sid = bench.open();
        bench.loop.advance(300);
        bench.loop.delay(5000);
        assertThat(bench.post(sid, "3").status()).isEqualTo(200);
        bench.loop.advance(299);
        assertThat(bench.listener().events).isEmpty();
    }

    @Test
    void aProtocol3ClientIsHeardAfterALongDelayOfTheTimers() {
        FakeUpgrade socket = bench.upgrade("?EIO=3&transport=websocket");
        bench.loop.delay(5000);
        bench.loop.advance(0);
        socket.text("2");
        bench.loop.advance(499);
        assertThat(bench.listener().events).isEmpty();
        bench.loop.advance(1);
        assertThat(bench.listener().events).containsExactly("close ping timeout");
    }

    @Test
    @Tag("eio.server.70")
    void aWebSocketSessionWithoutPongIsClosed() {
        FakeUpgrade socket = bench.webSocket(null);
        bench.loop.advance(300);
        assertThat(socket.frames).last().isEqualTo("2");
        bench.loop.advance(200);
        assertThat(socket.closed()).isTrue();
        assertThat(bench.listener().events).containsExactly("close ping timeout");
        bench.assertNothingLeft();
    }

    @Test
    @Tag("eio.server.60")
    @Tag("eio.server.126")
    @Tag("eio.server.128")
    void eachPongKeepsTheSessionAliveAndRestartsTheInterval() {
        bench.observing = true;
        FakeUpgrade socket = bench.webSocket(null);
        for (int i = 1; i <= 10; i++) {
            bench.loop.advance(300);
            assertThat(socket.frames).hasSize(1 + i).last().isEqualTo("2");
            bench.loop.advance(199);
            socket.text("3");
        }
        assertThat(bench.listener().events).isEmpty();
        assertThat(bench.observer.observed)
                .containsSubsequence("packetCreate Ping[data=]", "packet Pong[data=]", "heartbeat");
        bench.loop.advance(499);
        assertThat(bench.listener().events).isEmpty();
        bench.loop.advance(1);
        assertThat(bench.listener().events).containsExactly("close ping timeout");
    }

    @Test
    void aMessageAfterThePingGivesThePongTheWholeTimeoutOnceMore() {
        FakeUpgrade socket = bench.webSocket(null);
        bench.loop.advance(300);
        bench.loop.advance(150);
        socket.text("4hello");
        bench.loop.advance(150);
        socket.text("4hello"); // no longer extends it
        bench.loop.advance(49);
        assertThat(socket.closed()).isFalse();
        bench.loop.advance(1);
        assertThat(bench.listener().events).last().isEqualTo("close ping timeout");
        bench.assertNothingLeft();
    }

    @Test
    void eachPingCanBeExtended() {
        FakeUpgrade socket = bench.webSocket(null);
        for (int i = 0; i < 3; i++) {
            bench.loop.advance(300);
            bench.loop.advance(199);
            socket.text(i == 1 ? "6" : "4hello");
            bench.loop.advance(199);
            socket.text("3");
        }
        assertThat(socket.closed()).isFalse();
        bench.loop.advance(300);
        bench.loop.advance(200);
        assertThat(socket.closed()).isTrue();
    }

    @Test
    @Tag("eio.server.76")
    void anUpgradedSessionStaysOpenWhilePongsArrive() {
        FakeUpgrade socket = bench.openUpgraded();
        for (int i = 0; i < 5; i++) {
            bench.loop.advance(300);
            socket.text("3");
        }
        assertThat(bench.listener().events).isEmpty();
    }

    @Test
    void aPingWithoutAPendingPollIsSentWithTheNextPoll() {
        String sid = bench.open();
        bench.loop.advance(350);
        assertThat(bench.poll(sid).text()).isEqualTo("2");
        bench.post(sid, "3");
        bench.loop.advance(299);
        assertThat(bench.listener().events).isEmpty();
    }

    @Test
    void aPingFromAProtocol4ClientClosesTheSession() {
        String sid = bench.open();
        bench.post(sid, "2");
        assertThat(bench.listener().events).containsExactly("close transport error");
        assertThat(bench.listener().description).isEqualTo("invalid heartbeat direction");
    }

    @Test
    void allSessionsOfALoopShareOneTimer() {
        for (int i = 0; i < 500; i++) {
            bench.webSocket(null);
            bench.loop.advance(i % 50 == 0 ? 1 : 0);
        }
        assertThat(bench.loop.timers()).isEqualTo(1);
        bench.loop.advance(600);
        assertThat(bench.listeners)
                .allSatisfy(listener -> assertThat(listener.events).containsExactly("close ping timeout"));
        bench.assertNothingLeft();
    }

    @Test
    void pingsDueCloseTogetherAreBatchedAndEachClientKeepsItsTimeout() {
        Bench slow = new Bench(o -> o.pingInterval(Duration.ofSeconds(25)));
        FakeUpgrade first = slow.webSocket(null);
        slow.loop.advance(50);
        FakeUpgrade near = slow.webSocket(null);
        slow.loop.advance(1);
        FakeUpgrade far = slow.webSocket(null);
        slow.loop.advance(25_000 - 51 - 1);
        assertThat(first.frames).hasSize(1);
        slow.loop.advance(1);
        assertThat(first.frames).last().isEqualTo("2");
        assertThat(near.frames).last().isEqualTo("2");
        assertThat(far.frames).hasSize(1);
        slow.loop.advance(249);
        assertThat(first.closed()).isTrue();
        assertThat(near.closed()).isFalse();
        slow.loop.advance(1);
        assertThat(near.closed()).isTrue();
        assertThat(far.closed()).isFalse();
    }

    @Test
    void anExceptionInOnCloseDoesNotStopTheHeartbeatOfOtherSessions() {
        bench.webSocket(null);
        bench.session().listen(new EngineSocketListener() {
            @Override
            public void onText(byte[] buffer, int offset, int length) {}

            @Override
            public void onBinary(byte[] data) {}

            @Override
            public void onClose(CloseReason reason, @Nullable Object description) {
                throw new IllegalStateException("no");
            }
        });
        bench.webSocket(null);
        bench.loop.advance(500);
        assertThat(bench.listener().events).containsExactly("close ping timeout");
        bench.assertNothingLeft();
    }

    @Test
    void anErrorInOnCloseDoesNotStopTheHeartbeatOfOtherSessions() {
        bench.webSocket(null);
        bench.session().listen(new EngineSocketListener() {
            @Override
            public void onText(byte[] buffer, int offset, int length) {}

            @Override
            public void onBinary(byte[] data) {}

            @Override
            public void onClose(CloseReason reason, @Nullable Object description) {
                throw new AssertionError("expected in the log of this test");
            }
        });
        bench.loop.advance(10);
        bench.webSocket(null);
        bench.loop.advance(510);
        assertThat(bench.listener().events).containsExactly("close ping timeout");
        bench.assertNothingLeft();
    }

    @Test
    @Tag("eio.server.128")
    @Tag("eio.server.126")
    void protocol3ClientsSendPingsAndTheServerAnswersWithPongs() {
        bench.observing = true;
        FakeUpgrade socket = bench.upgrade("?EIO=3&transport=websocket");
        bench.loop.advance(499);
        socket.text("2");
        assertThat(socket.frames).last().isEqualTo("3");
        assertThat(bench.observer.observed)
                .containsSubsequence("packet Ping[data=]", "packetCreate Pong[data=]", "heartbeat");
        bench.loop.advance(499);
        assertThat(bench.listener().events).isEmpty();
        bench.loop.advance(1);
        assertThat(bench.listener().events).containsExactly("close ping timeout");
        assertThat(socket.frames).hasSize(2);
    }
}
