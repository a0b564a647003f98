package dev.sockeye.engineio;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class UpgradeTest {
    private final Bench bench = new Bench(o -> o.pingInterval(Duration.ofSeconds(25)));

    @Test
    void aProbeIsAnsweredAndAPendingPollIsReleasedAfterTheCheckInterval() {
        bench.observing = true;
        String sid = bench.open();
        FakeUpgrade socket = bench.webSocket(sid);
        RecordingExchange poll = bench.poll(sid);
        socket.text("2probe");
        assertThat(socket.frames).containsExactly("3probe");
        bench.loop.advance(99);
        assertThat(poll.answered()).isFalse();
        bench.loop.advance(1);
        assertThat(poll.text()).isEqualTo("6");
        RecordingExchange second = bench.poll(sid);
        bench.loop.advance(100);
        assertThat(second.text()).isEqualTo("6");
        socket.text("5");
        assertThat(bench.observer.observed).containsSubsequence("upgrading websocket", "upgrade websocket");
        assertThat(bench.session().transport()).isEqualTo("websocket");
        bench.send("a");
        socket.text("4b");
        assertThat(socket.frames).last().isEqualTo("4a");
        assertThat(bench.listener().events).containsExactly("text b");
        assertThat(bench.loop.timers()).as("only the heartbeat").isEqualTo(1);
    }

    @Test
    @Tag("eio.server.118")
    @Tag("eio.server.116")
    void messagesSentDuringAnUpgradeArriveOnceAndInOrder() {
        String sid = bench.open();
        List<String> got = new ArrayList<>();
        List<String> sent = new ArrayList<>();
        int[] callbacks = {0};
        FakeUpgrade socket = bench.webSocket(sid);
        for (int i = 0; i < 150; i++) {
            String text = "m" + i;
            sent.add("4" + text);
            bench.loop.execute(() -> bench.session().send(Bench.messages(text), true, () -> callbacks[0]++));
            if (i == 30) {
                socket.text("2probe");
            }
            if (i == 60) {
                socket.text("5");
            }
            if (i < 60 && i % 7 == 0) {
                got.addAll(List.of(bench.poll(sid).text().split("\u001e")));
            }
        }
        got.addAll(socket.frames.subList(1, socket.frames.size()));
        assertThat(got).isEqualTo(sent);
        assertThat(callbacks[0]).isEqualTo(150);
    }

    @Test
    @Tag("eio.server.08")
    void aSecondWebSocketForAnUpgradedOrUpgradingSessionIsClosed() {
        FakeUpgrade first = bench.openUpgraded();
        String sid = bench.session().id();
        FakeUpgrade second = bench.webSocket(sid);
        assertThat(second.closed()).isTrue();
        bench.send("on");
        assertThat(first.frames).last().isEqualTo("4on");
        assertThat(bench.poll(sid).status()).isEqualTo(400);
        bench.send("and on");
        assertThat(first.frames).last().isEqualTo("4and on");

        sid = bench.open();
        FakeUpgrade candidate = bench.webSocket(sid);
        assertThat(bench.webSocket(sid).closed()).isTrue();
        assertThat(candidate.open()).isTrue();
    }

    @Test
    void aWebSocketSessionCanMoveToAnotherWebSocket() {
        FakeUpgrade first = bench.webSocket(null);
        FakeUpgrade second = bench.webSocket(bench.session().id());
        second.text("2probe");
        assertThat(second.frames).containsExactly("3probe");
        second.text("5");
        assertThat(first.closed()).isTrue();
        bench.send("on");
        assertThat(second.frames).last().isEqualTo("4on");
        assertThat(bench.listener().events).isEmpty();
    }

    @Test
    @Tag("eio.server.75")
    void anUpgradeThatIsNotCompletedInTimeClosesOnlyTheCandidate() {
        String sid = bench.open();
        FakeUpgrade socket = bench.webSocket(sid);
        socket.text("2probe");
        bench.loop.advance(9_999);
        assertThat(socket.closed()).isFalse();
        bench.loop.advance(1);
        assertThat(socket.closed()).isTrue();
        bench.send("polling goes on");
        assertThat(bench.poll(sid).text()).isEqualTo("4polling goes on");
        assertThat(bench.listener().events).isEmpty();
        assertThat(bench.loop.timers()).isEqualTo(1);
        FakeUpgrade again = bench.webSocket(sid);
        again.text("2probe");
        again.text("5");
        assertThat(bench.session().transport()).isEqualTo("websocket");
    }

    @Test
    @Tag("eio.server.74")
    @Tag("eio.server.55")
    void closingTheSessionClosesTheCandidate() {
        String sid = bench.open();
        FakeUpgrade socket = bench.webSocket(sid);
        socket.text("2probe");
        bench.poll(sid);
        bench.session().close();
        assertThat(socket.closed()).isTrue();
        assertThat(bench.listener().events).containsExactly("close forced close");
        bench.assertNothingLeft();
    }

    @Test
    void aSessionThatIsClosingStillFlushesOverTheUpgradedTransport() {
        String sid = bench.open();
        FakeUpgrade socket = bench.webSocket(sid);
        socket.text("2probe");
        bench.send("last words");
        bench.session().close();
        socket.text("5");
        assertThat(socket.frames).containsExactly("3probe", "4last words");
        assertThat(socket.closeCode).isEqualTo(1005);
        assertThat(bench.listener().events).containsExactly("close forced close");
        bench.assertNothingLeft();
    }

    @Test
    void aCandidateThatSendsAnythingElseIsClosedAndTheSessionStaysOpen() {
        String sid = bench.open();
        for (String text : new String[] {"4message", "x", "2other", "1"}) {
            FakeUpgrade socket = bench.webSocket(sid);
            socket.text(text);
            assertThat(socket.closed()).as(text).isTrue();
        }
        FakeUpgrade binary = bench.webSocket(sid);
        binary.binary((byte) 1);
        assertThat(binary.closed()).isTrue();
        bench.webSocket(sid).lose(new java.io.IOException("reset"));
        bench.send("on");
        assertThat(bench.poll(sid).text()).isEqualTo("4on");
        assertThat(bench.listener().events).isEmpty();
        assertThat(bench.loop.timers()).isEqualTo(1);
    }

    @Test
    void aCandidateOnAnotherLoopIsBridged() {
        String sid = bench.open();
        FakeLoop other = new FakeLoop();
        FakeUpgrade socket = bench.upgrade(other, "?EIO=4&transport=websocket&sid=" + sid);
        socket.text("2probe");
        socket.text("5");
        socket.slow = true;
        socket.text("4in");
        bench.send("out");
        assertThat(socket.frames).containsExactly("3probe", "4out");
        assertThat(bench.listener().events).containsExactly("text in");
        assertThat(bench.session().bufferedBytes()).isEqualTo(PacketBatch.LEAST);
        socket.drain();
        assertThat(bench.session().bufferedBytes()).isZero();
        bench.session().pauseReading(true);
        assertThat(socket.reading).isFalse();
        bench.session().close();
        assertThat(socket.closeCode).isEqualTo(1005);
        assertThat(bench.listener().events).containsExactly("text in", "close forced close");
        bench.assertNothingLeft();
    }

    @Test
    void closingTheServerCancelsTheTimersOfUpgradedAndUpgradingSessions() {
        FakeUpgrade upgraded = bench.openUpgraded();
        FakeUpgrade upgrading = bench.webSocket(bench.open());
        upgrading.text("2probe");
        assertThat(bench.server.closeAsync()).isCompleted();
        assertThat(upgraded.closed()).isTrue();
        assertThat(upgrading.closed()).isTrue();
        bench.assertNothingLeft();
    }

    @Test
    void aCandidateThatDoesNotReadTheAnswersToItsProbesIsClosed() {
        String sid = bench.open();
        FakeUpgrade socket = bench.webSocket(sid);
        socket.slow = true;
        for (int i = 0; i < 100_000 && !socket.closed(); i++) {
            socket.text("2probe");
        }
        assertThat(socket.closed()).isTrue();
        assertThat(socket.frames).hasSizeLessThan(10_000);
        assertThat(bench.poll(sid).answered()).isFalse();
        assertThat(bench.server.clientsCount()).isEqualTo(1);
    }

    @Test
    void theUpgradeOfAClosingSessionIsReportedBeforeItsEnd() {
        bench.observing = true;
        List<String> events = new ArrayList<>();
        var unused = bench.server.addListener(new EngineListener() {
            @Override
            public void onUpgrade(EngineSocket session, String transport) {
                events.add("upgrade " + transport);
            }

            @Override
            public void onClose(EngineSocket session, CloseReason reason, @Nullable Object description) {
                events.add("close " + session.transport());
            }
        });
        FakeUpgrade socket = bench.webSocket(bench.open());
        socket.text("2probe");
        bench.session().close();
        socket.text("5");
        assertThat(socket.closed()).isTrue();
        assertThat(events).containsExactly("upgrade websocket", "close websocket");
        assertThat(bench.observer.observed).endsWith("upgrade websocket");
        bench.assertNothingLeft();
    }
}
