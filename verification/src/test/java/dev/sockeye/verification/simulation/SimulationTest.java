package dev.sockeye.verification.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Whole clusters on simulated time. {@code ./sockeye-verify simulate --seed N --trace} shows the steps of a seed. */
class SimulationTest {
    private static final int RUNS = 1_000;

    @Test
    void allInvariantsHoldInAThousandRuns() throws InterruptedException {
        for (long seed = 1; seed <= RUNS; seed++) {
            Run run = Run.of(seed, false);
            assertThat(run.failure())
                    .as("replay with: ./sockeye-verify simulate --seed %d --trace", seed)
                    .isNull();
        }
    }

    @Test
    void twoRunsWithTheSameSeedHaveTheSameTrace() throws InterruptedException {
        for (long seed = 1; seed <= 25; seed++) {
            Run first = Run.of(seed, true);
            Run second = Run.of(seed, true);
            assertThat(second.trace()).isNotEmpty().isEqualTo(first.trace());
            assertThat(second.hash()).isEqualTo(first.hash());
        }
    }
}
