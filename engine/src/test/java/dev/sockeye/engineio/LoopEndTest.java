package dev.sockeye.engineio;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The loop of sessions ends before their server is closed: its host was closed, or its event loops were shut down. */
class LoopEndTest {
    private final Bench bench = new Bench(options -> options.maxConnections(1));

    @Test
    void aPollingSessionWithoutAPollEndsWithItsLoop() {
        bench.open();
        bench.loop.end();
        assertThat(bench.listener().events).containsExactly("close transport close");
        assertThat(bench.server.clientsCount()).isZero();
        assertThat(bench.server.closeAsync()).isCompleted();
    }

    @Test
    void onlySessionsOfThatLoopEndAndTheirPermitsAreReleased() {
        FakeLoop other = new FakeLoop();
        bench.open();
        bench.loop.end();
        FakeUpgrade socket = bench.upgrade(other, "?EIO=4&transport=websocket");
        assertThat(socket.open()).isTrue();
        assertThat(bench.server.clientsCount()).isEqualTo(1);
        other.end();
        assertThat(socket.closed()).isTrue();
        assertThat(bench.server.clientsCount()).isZero();
    }

    @Test
    void aLoopWithoutSessionsKeepsNoAction() {
        for (int i = 0; i < 3; i++) {
            bench.open();
            bench.session().closeNow(CloseReason.FORCED_CLOSE, null);
        }
        assertThat(bench.loop.ends()).isZero();
    }

    @Test
    void aConnectionOnAnEndedLoopDoesNotPreventTheEndOfItsSession() {
        FakeLoop other = new FakeLoop();
        FakeUpgrade socket = bench.upgrade(other, "?EIO=4&transport=websocket&sid=" + bench.open());
        socket.text("2probe");
        socket.text("5");
        other.end();
        bench.send("lost");
        bench.session().close();
        assertThat(bench.listener().events).containsExactly("close forced close");
        bench.assertNothingLeft();
    }

    @Test
    void theSessionOfALoopThatHasEndedIgnoresAllCalls() {
        bench.open();
        EngineSocket session = bench.session();
        bench.loop.end();
        List<String> called = new ArrayList<>();
        var registration = session.observe(new EngineSocketListener.Observer() {});
        registration.close();
        session.pauseReading(true);
        session.whenDrained(() -> called.add("drained"));
        session.close();
        session.closeNow(CloseReason.FORCED_CLOSE, null);
        assertThat(called).isEmpty();
        assertThat(bench.listener().events).hasSize(1);
    }

    @Test
    void whoeverWaitsForTheEndOfTheSessionsStopsWaitingWhenTheServerIsReopened() {
        bench.open();
        List<Boolean> done = new ArrayList<>();
        bench.loop.execute(() -> bench.loop.elsewhere(() -> {
            CompletableFuture<Void> closed = bench.server.closeAsync();
            done.add(closed.isDone());
            bench.server.reopen();
            closed.orTimeout(10, TimeUnit.SECONDS).join();
            done.add(closed.isDone());
        }));
        assertThat(done).containsExactly(false, true);
    }

    @Test
    void aBroadcastReachesTheOtherLoopsAndCountsNoBytesForTheEndedOne() {
        Bench two = new Bench();
        FakeLoop other = new FakeLoop();
        two.upgrade("?EIO=4&transport=websocket");
        EngineSocket lost = two.session();
        FakeUpgrade reached = two.upgrade(other, "?EIO=4&transport=websocket");
        two.loop.refuse();
        Broadcast broadcast = new Broadcast(Bench.messages("hello"), true, false);
        broadcast.add(lost);
        broadcast.add(two.session());
        broadcast.send();
        assertThat(reached.frames).last().isEqualTo("4hello");
        lost.send(Bench.messages("x".repeat(5_000)), true, null);
        lost.sendNow(Bench.messages("x".repeat(5_000)), true, Retention.KEEP);
        assertThat(lost.sendVolatile(Bench.messages("x".repeat(5_000)), true)).isTrue();
        assertThat(lost.bufferedBytes()).isZero();
        assertThat(two.server.outbound().total()).isZero();
    }

    @Test
    void theSessionsOfOtherLoopsAreClosedAfterOneOfALoopThatEndsMeanwhile() {
        Bench two = new Bench();
        List<FakeLoop> loops = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            FakeLoop loop = new FakeLoop();
            loops.add(loop);
            two.upgrade(loop, "?EIO=4&transport=websocket");
        }
        FakeLoop first = loops.remove(
                loops.indexOf(two.server.sessions().iterator().next().loop()));
        first.refuse();
        var unused = two.server.closeAsync();
        assertThat(two.server.clientsCount()).isEqualTo(1);
    }

    @Test
    void aRequestForASessionWhoseLoopHasEndedIsAnswered() {
        String sid = bench.open();
        bench.loop.refuse();
        FakeLoop other = new FakeLoop();
        RecordingExchange poll = bench.request(other, "GET", "?EIO=4&transport=polling&sid=" + sid, new byte[0], false);
        assertThat(poll.status()).isEqualTo(400);
        assertThat(poll.text()).contains("Session ID unknown");
    }
}
