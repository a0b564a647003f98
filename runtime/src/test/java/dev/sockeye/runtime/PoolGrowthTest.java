package dev.sockeye.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.runtime.PoolGrowth.Step;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PoolGrowthTest {
    private static final int SIZE = 8;

    private final Object task = new Object();
    private int active = SIZE;
    private boolean allWait = true;
    private final PoolGrowth growth = new PoolGrowth(() -> active, () -> allWait);

    private Step sample(@Nullable Object oldest) {
        return growth.sample(oldest, 1, SIZE);
    }

    private Set<Step> samples(int count, @Nullable Object oldest) {
        Set<Step> steps = EnumSet.noneOf(Step.class);
        for (int i = 0; i < count; i++) {
            steps.add(sample(oldest));
        }
        return steps;
    }

    @Test
    void growsAtOnceWhenAllThreadsAreBlocked() {
        assertThat(sample(task)).isEqualTo(Step.STAY);
        assertThat(sample(task)).isEqualTo(Step.GROW);
        assertThat(sample(task)).as("until a thread takes it").isEqualTo(Step.GROW);
        assertThat(sample(new Object())).isEqualTo(Step.STAY);
    }

    @Test
    void growsLaterWhenSomeThreadsAreRunnable() {
        allWait = false;
        assertThat(samples(PoolGrowth.STALLS_WHILE_RUNNABLE, task)).containsExactly(Step.STAY);
        assertThat(sample(task)).isEqualTo(Step.GROW);
    }

    /** A machine with too few processors: the thread was woken for the task, but does not run yet. */
    @Test
    void doesNotGrowWhileAThreadIsIdle() {
        active = SIZE - 1;
        assertThat(samples(100, task)).containsExactly(Step.STAY);
        allWait = false;
        assertThat(samples(100, task)).containsExactly(Step.STAY);
        active = SIZE;
        allWait = true;
        assertThat(sample(task)).isEqualTo(Step.GROW);
    }

    @Test
    void doesNotGrowWhileTasksAreTaken() {
        for (int i = 0; i < 100; i++) {
            assertThat(sample(new Object())).isEqualTo(Step.STAY);
            assertThat(growth.sample(task, i, SIZE)).isEqualTo(Step.STAY);
            assertThat(growth.sample(task, i + 1, SIZE)).isEqualTo(Step.STAY);
        }
    }

    @Test
    void shrinksUnderLoadToTheThreadsThatAreUsed() {
        active = 3;
        for (int i = 1; i < PoolGrowth.PERIOD; i++) {
            assertThat(sample(new Object())).isEqualTo(Step.STAY);
        }
        assertThat(sample(new Object())).isEqualTo(Step.SHRINK);
        assertThat(growth.mostActive()).isEqualTo(3);
    }

    @Test
    void doesNotShrinkWhileHalfOfTheThreadsAreUsed() {
        for (int i = 0; i < 3 * PoolGrowth.PERIOD; i++) {
            active = i % PoolGrowth.PERIOD == PoolGrowth.COUNTED ? SIZE / 2 : 0;
            assertThat(sample(new Object())).isEqualTo(Step.STAY);
        }
    }

    @Test
    void aSmallLimitDoesNotDelayTheGrowthWhileMoreThreadsStillRunTasks() {
        assertThat(PoolGrowth.larger(SIZE, SIZE, 1, 512)).isEqualTo(SIZE + 1);
        assertThat(PoolGrowth.larger(SIZE, SIZE, 100, 512)).isEqualTo(2 * SIZE);
        assertThat(PoolGrowth.larger(SIZE, SIZE, 100, 10)).isEqualTo(10);
        assertThat(PoolGrowth.larger(SIZE, 100, 1, 512)).isEqualTo(101);
        assertThat(PoolGrowth.larger(SIZE, 512, 1, 512)).isEqualTo(512);
    }

    @Test
    void isQuietWhenNoTaskWaitsForALongTime() {
        active = SIZE / 2;
        assertThat(samples(PoolGrowth.PERIOD, null)).containsExactly(Step.STAY);
        assertThat(sample(null)).isEqualTo(Step.QUIET);
        assertThat(samples(PoolGrowth.PERIOD, null)).containsExactly(Step.STAY);
        assertThat(sample(null)).isEqualTo(Step.QUIET);
    }
}
