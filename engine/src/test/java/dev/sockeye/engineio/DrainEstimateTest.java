package dev.sockeye.engineio;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Pending bytes of a reader whose connection always has data to write. */
class DrainEstimateTest {
    private static final long CAP = 100 * PacketBatch.LEAST;
    private static final int RAW = 5; // of a message "1234"

    private final Bench bench = new Bench(o -> o.maxOutboundBytes(CAP));
    private FakeUpgrade socket;

    @BeforeEach
    void connect() {
        socket = bench.webSocket(null);
        socket.slow = true;
    }

    @Test
    void aReaderThatKeepsUpButIsNeverIdleIsNotClosed() {
        for (int i = 0; i < 10; i++) {
            bench.send("1234");
        }
        for (int i = 0; i < 5_000; i++) {
            bench.send("1234");
            socket.drain(RAW);
            assertThat(socket.pendingBytes()).isEqualTo(10 * RAW);
            assertThat(bench.session().bufferedBytes()).isLessThan(CAP / 2);
        }
        assertThat(bench.listener().events).isEmpty();
        assertThat(socket.frames).hasSize(1 + 5_010);
        socket.drain();
        assertThat(bench.session().bufferedBytes()).isZero();
        assertThat(bench.session().writable()).isTrue();
    }

    @Test
    void pendingBytesAreNeverUnderestimated() {
        int waiting = 0;
        for (int i = 0; i < 5_000; i++) {
            bench.send("1234");
            waiting++;
            if (waiting > 1 && i % 100 < 60 + i % 37) {
                socket.drain(RAW);
                waiting--;
            }
            if (!bench.listener().events.isEmpty()) {
                break;
            }
            assertThat(bench.session().bufferedBytes()).isGreaterThanOrEqualTo(waiting * PacketBatch.LEAST);
        }
        assertThat(waiting).isGreaterThan(20);
        assertThat(bench.listener().events).containsExactly("close outbound buffer overflow");
    }

    @Test
    void aReaderThatFallsBehindIsClosedEvenAfterKeepingUpForLong() {
        bench.send("1234");
        for (int i = 0; i < 1_000; i++) {
            bench.send("1234");
            socket.drain(RAW);
        }
        for (int i = 0; i < 101; i++) {
            bench.send("1234");
        }
        assertThat(bench.listener().events).containsExactly("close outbound buffer overflow");
        bench.assertNothingLeft();
    }
}
