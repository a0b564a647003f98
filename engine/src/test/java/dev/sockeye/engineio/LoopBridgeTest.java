package dev.sockeye.engineio;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.engineio.protocol.EnginePacket.Message;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A WebSocket whose session is on another loop. */
class LoopBridgeTest {
    private final Bench bench =
            new Bench(options -> options.pingInterval(Duration.ofHours(1)).maxOutboundBytes(1_000_000));
    private final FakeLoop other = new FakeLoop();
    private final FakeUpgrade socket = upgraded();

    private FakeUpgrade upgraded() {
        FakeUpgrade upgraded = bench.upgrade(other, "?EIO=4&transport=websocket&sid=" + bench.open());
        upgraded.text("2probe");
        upgraded.text("5");
        return upgraded;
    }

    /** The client sends messages while the loop of the session is busy; returns whether it was still read after each. */
    private List<Boolean> sendWhileBusy(int count, int size) {
        List<Boolean> reading = new ArrayList<>();
        bench.loop.execute(() -> {
            for (int i = 0; i < count; i++) {
                socket.binary(new byte[size]);
                other.execute(() -> reading.add(socket.reading));
            }
        });
        return reading;
    }

    @Test
    void isNotReadWhileManyMessagesAreOnTheWayToABusyLoop() {
        assertThat(sendWhileBusy(30, 10_000)).startsWith(true, true, true).endsWith(false, false);
        assertThat(bench.listener().events).hasSize(30);
        assertThat(socket.reading).isTrue();
        assertThat(sendWhileBusy(30, 10_000)).endsWith(false);
        assertThat(socket.reading).isTrue();
    }

    @Test
    void manyEmptyMessagesCountToo() {
        assertThat(sendWhileBusy(10_000, 0)).endsWith(false);
        assertThat(socket.reading).isTrue();
    }

    @Test
    void aPausedSessionIsNotReadWhenItsLoopHasCaughtUp() {
        bench.loop.execute(() -> {
            bench.session().pauseReading(true);
            sendWhileBusy(30, 10_000);
        });
        assertThat(socket.reading).isFalse();
        bench.session().pauseReading(false);
        assertThat(socket.reading).isTrue();
        assertThat(bench.listener().events).hasSize(30);
    }

    @Test
    void aClientThatReadsButAlwaysHasSomethingToReadIsNotClosed() {
        socket.slow = true;
        byte[] data = new byte[50_000];
        for (int i = 0; i < 100; i++) {
            bench.loop.execute(() -> bench.session().send(List.of(Message.binary(data)), true, null));
            if (i > 2) {
                socket.drain(data.length);
            }
            assertThat(bench.session().readyState()).isEqualTo(EngineSocket.ReadyState.OPEN);
        }
        assertThat(bench.session().bufferedBytes()).isBetween(150_000L, 500_000L);
        socket.drain();
        assertThat(bench.session().bufferedBytes()).isZero();
    }
}
