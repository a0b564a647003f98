package dev.sockeye.runtime;

import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Decides from samples of a pool's queue whether the pool needs more threads or fewer.
 *
 * <p>It grows when the oldest task makes no progress and every thread is running a task: immediately if all of them are waiting, later if
 * some are runnable. Runnable threads may be blocked in a system call, but often they only compete for the processors, and more
 * threads would make that worse. While a thread is idle, more threads never help: it will take the oldest task when it gets a
 * processor.
 */
final class PoolGrowth {
    /** What a sample shows. */
    enum Step {
        GROW,
        SHRINK,
        /** No task has been queued for a while. */
        QUIET,
        STAY
    }

    /** The number of samples without progress after which the pool grows although some threads are runnable. */
    static final int STALLS_WHILE_RUNNABLE = 10;

    /** The number of samples after which the pool shrinks to the threads that were used. */
    static final int PERIOD = 500;

    /** The threads that are running tasks are counted in one of so many samples, because it takes time. */
    static final int COUNTED = 8;

    private final IntSupplier active;
    private final BooleanSupplier allWait;
    private @Nullable Object before;
    private int remainedBefore;
    private int stalls;
    private int quiet;
    private int samples;
    private int most;
    private int mostActive;

    /**
     * @param active the number of threads that are running tasks
     * @param allWait whether no thread is runnable
     */
    PoolGrowth(IntSupplier active, BooleanSupplier allWait) {
        this.active = active;
        this.allWait = allWait;
    }

    /**
     * One of regular samples.
     *
     * @param oldest the oldest task that waits for a thread
     * @param remain the size of its rest
     * @param size the number of threads
     */
    @SuppressWarnings("ReferenceEquality") // the same task
    Step sample(@Nullable Object oldest, int remain, int size) {
        stalls = oldest != null && oldest == before && remain == remainedBefore ? stalls + 1 : 0;
        before = oldest;
        remainedBefore = remain;
        quiet = oldest == null ? quiet + 1 : 0;
        if (quiet > PERIOD) {
            quiet = 0;
            return Step.QUIET;
        }
        if (stalls > 0 && active.getAsInt() >= size && (stalls >= STALLS_WHILE_RUNNABLE || allWait.getAsBoolean())) {
            stalls = 0;
            samples = 0;
            most = size;
            return Step.GROW;
        }
        return used(size);
    }

    private Step used(int size) {
        if (samples++ % COUNTED == 0) {
            most = Math.max(most, active.getAsInt());
        }
        if (samples < PERIOD) {
            return Step.STAY;
        }
        mostActive = most;
        samples = 0;
        most = 0;
        return 2 * mostActive < size ? Step.SHRINK : Step.STAY;
    }

    /**
     * The next limit of a pool that grows. After a {@link Step#QUIET}, the limit may be far below the number of threads that still run tasks:
     * no thread is added up to that number.
     *
     * @param limit the limit now, less than the maximum
     * @param size the number of threads
     * @param waiting the number of tasks that wait
     */
    static int larger(int limit, int size, int waiting, int max) {
        int from = Math.max(limit, size);
        return Math.min(max, from + Math.max(1, Math.min(waiting, from)));
    }

    /** The largest number of threads that were running tasks before the last {@link Step#SHRINK}. */
    int mostActive() {
        return mostActive;
    }
}
