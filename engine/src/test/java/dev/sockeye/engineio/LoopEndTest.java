package dev.sockeye.engineio;

import static org.assertj.core.api.Assertions.assertThat;

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
}
