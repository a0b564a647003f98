package dev.sockeye.socketio.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class BackoffTest {
    private static long[] waits(double factor, double random, int count) {
        Backoff backoff = new Backoff(1_000, 5_000, factor, () -> random);
        return LongStream.generate(backoff::next).limit(count).toArray();
    }

    @Test
    void delaysDoubleUpToTheMaximum() {
        assertThat(waits(0, 0.9, 5)).containsExactly(1_000, 2_000, 4_000, 5_000, 5_000);
    }

    @Test
    void theRandomizationFactorLimitsTheDeviationFromTheDelay() {
        // the first decimal of the random number decides: even is shorter, odd longer
        assertThat(waits(0.5, 0.89, 2)).containsExactly(555, 1_110);
        assertThat(waits(0.5, 0.99, 3)).containsExactly(1_495, 2_990, 5_000);
        assertThat(waits(1, 0.0, 2)).containsExactly(1_000, 2_000);
        for (int i = 0; i < 1_000; i++) {
            double random = i / 1_000.0;
            assertThat(waits(0.5, random, 1)[0]).isBetween(500L, 1_500L);
            assertThat(waits(1, random, 1)[0]).isBetween(0L, 2_000L);
        }
    }

    @Test
    void theDelayNeverOverflowsAndResetRestoresTheInitialDelay() {
        Backoff backoff = new Backoff(1_000, 5_000, 0, () -> 0.5);
        for (int i = 0; i < 1_000; i++) {
            backoff.next();
        }
        assertThat(backoff.next()).isEqualTo(5_000);
        backoff.reset();
        assertThat(backoff.attempts()).isZero();
        assertThat(backoff.next()).isEqualTo(1_000);
    }
}
