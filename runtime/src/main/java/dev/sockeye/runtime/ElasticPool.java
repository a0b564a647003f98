package dev.sockeye.runtime;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A pool for tasks that may block, for JVMs without virtual threads. It starts with a few threads and adds more when
 * queued tasks make no progress, see {@link PoolGrowth}. Threads that are not needed for a second end. All threads are daemons.
 */
public final class ElasticPool extends ThreadPoolExecutor {
    /** The default maximum number of threads. */
    public static final int DEFAULT_MAX_THREADS = 512;

    private static final Logger LOG = System.getLogger(ElasticPool.class.getName());
    static final int FEW = Math.max(4, 2 * Runtime.getRuntime().availableProcessors());
    private static final Duration STALL = Duration.ofMillis(2);
    private static final Duration PAUSE = Duration.ofMillis(100);
    private static final Duration IDLE = Duration.ofSeconds(30);

    private final Object watching = new Object();
    private final NamedThreads threads;
    private final int maxThreads;
    private final BiConsumer<String, @Nullable Throwable> warnings;
    private boolean watched;
    private boolean warned; // accessed by the watcher
    private volatile @Nullable Thread watcher;

    /**
     * Creates a pool.
     *
     * @param maxThreads the maximum number of threads; if all of them are blocked, tasks wait, and one warning is
     *     logged
     */
    public ElasticPool(String name, int maxThreads) {
        this(
                new NamedThreads(name),
                maxThreads,
                (text, cause) -> LOG.log(Level.WARNING, RuntimeLog.ALL_THREADS_BUSY.text(text), cause));
    }

    ElasticPool(NamedThreads threads, int maxThreads, BiConsumer<String, @Nullable Throwable> warnings) {
        super(
                Math.min(FEW, maxThreads),
                Math.min(FEW, maxThreads),
                IDLE.toMillis(),
                TimeUnit.MILLISECONDS,
                new LinkedBlockingQueue<>(),
                threads);
        this.threads = threads;
        this.maxThreads = maxThreads;
        this.warnings = warnings;
        allowCoreThreadTimeOut(true);
    }

    @Override
    public void shutdown() {
        super.shutdown();
        LockSupport.unpark(watcher);
    }

    /** After {@link #shutdown}: returns true if all threads have ended in time, not only their tasks. */
    @Override
    public boolean awaitTermination(long time, TimeUnit unit) throws InterruptedException {
        long end = System.nanoTime() + unit.toNanos(time);
        if (!super.awaitTermination(time, unit)) {
            return false;
        }
        Thread last = watcher;
        return threads.join(end) && (last == null || NamedThreads.join(last, end));
    }

    @Override
    public void execute(Runnable task) {
        super.execute(task);
        if (!getQueue().isEmpty()) {
            watch();
        }
    }

    private void watch() {
        synchronized (watching) {
            if (watched) {
                return;
            }
            watched = true;
        }
        Thread thread = new Thread(this::growWhileStalled, "sockeye-handler-watch");
        thread.setDaemon(true);
        watcher = thread;
        try {
            thread.start();
        } catch (OutOfMemoryError e) { // the task was accepted; the next one tries again
            synchronized (watching) {
                watched = false;
            }
            warn(e);
        }
    }

    private void growWhileStalled() {
        while (true) {
            try {
                watchUntilQuiet();
                return;
            } catch (RuntimeException | Error e) { // nobody would start this thread again
                LockSupport.parkNanos(PAUSE.toNanos());
            }
        }
    }

    /** Ends when no task has been queued for a while. */
    private void watchUntilQuiet() {
        PoolGrowth growth = new PoolGrowth(this::getActiveCount, threads::allWait);
        while (true) {
            LockSupport.parkNanos(STALL.toNanos());
            Runnable oldest = getQueue().peek();
            int remain = oldest instanceof TurnHandover.Batch batch ? batch.remaining() : 1;
            switch (growth.sample(oldest, remain, getPoolSize())) {
                case GROW -> grow(getQueue().size() - 1 + remain);
                case SHRINK -> limit(2 * growth.mostActive());
                case QUIET -> {
                    if (ended()) {
                        return;
                    }
                }
                case STAY -> {
                    if (oldest == null && isShutdown() && ended()) {
                        return;
                    }
                }
            }
        }
    }

    /** Whether this watcher ends, because no task is queued. The next queued task starts another one. */
    private boolean ended() {
        synchronized (watching) {
            if (!getQueue().isEmpty()) {
                return false;
            }
            watched = false;
            limit(0);
            return true;
        }
    }

    /** Ends idle threads above this number; some remain. */
    private void limit(int size) {
        int remaining = Math.min(Math.max(FEW, size), maxThreads);
        setCorePoolSize(remaining);
        setMaximumPoolSize(remaining);
    }

    private void grow(int waiting) {
        int limit = getCorePoolSize();
        if (limit == maxThreads) {
            warn(null);
            return;
        }
        int more = PoolGrowth.larger(limit, getPoolSize(), waiting, maxThreads);
        try {
            setMaximumPoolSize(more);
            setCorePoolSize(more);
        } catch (OutOfMemoryError e) {
            warn(e); // the system cannot create more threads: continue with the existing ones
        }
    }

    private void warn(@Nullable Throwable cause) {
        if (!warned) {
            warned = true;
            warnings.accept(
                    "all " + getPoolSize() + " handler threads (at most " + maxThreads
                            + ") are blocked or busy and handlers are waiting: other handlers are delayed. Raise"
                            + " HandlerExecution.elastic(maxThreads), block less, or use Java 21 or newer",
                    cause);
        }
    }
}
