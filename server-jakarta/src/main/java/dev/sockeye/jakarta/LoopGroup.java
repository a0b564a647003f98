package dev.sockeye.jakarta;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The threads and loops of one servlet, and the connections on them. */
final class LoopGroup {

    private static final int CLOSER_THREADS = 4;
    /** How long the timer thread of a destroyed servlet waits for another timer. */
    private static final Duration LINGER = Duration.ofMillis(100);

    private final @Nullable ThreadPoolExecutor ownPool;
    private final ThreadPoolExecutor closers;
    private final ScheduledThreadPoolExecutor scheduler;
    private final SerialLoop[] loops;
    private final AtomicInteger next = new AtomicInteger();
    private final Set<Abortable> open = ConcurrentHashMap.newKeySet();
    private final BodyLimit bodyLimit = new BodyLimit();
    private final Set<Thread> made = ConcurrentHashMap.newKeySet();
    private final Set<Thread> timers = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /** A request or connection that is aborted with the servlet. */
    interface Abortable {
        void abort();
    }

    LoopGroup(JakartaOptions options) {
        Executor pool = options.executor();
        if (pool == null) {
            ownPool = pool(options.loops(), "sockeye-loop-");
            pool = ownPool;
        } else {
            ownPool = null;
        }
        closers = pool(CLOSER_THREADS, "sockeye-close-");
        scheduler = new ScheduledThreadPoolExecutor(1, threads("sockeye-timer-", timers));
        scheduler.setKeepAliveTime(LINGER.toNanos(), TimeUnit.NANOSECONDS);
        scheduler.setRemoveOnCancelPolicy(true);
        scheduler.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        loops = new SerialLoop[options.loops()];
        for (int i = 0; i < loops.length; i++) {
            loops[i] = new SerialLoop(pool, scheduler);
        }
    }

    private ThreadPoolExecutor pool(int size, String name) {
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                size, size, 30, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), threads(name, made));
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    private static ThreadFactory threads(String name, Set<Thread> made) {
        AtomicInteger number = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, name + number.incrementAndGet());
            thread.setDaemon(true);
            made.removeIf(one -> one.getState() == Thread.State.TERMINATED);
            made.add(thread);
            return thread;
        };
    }

    /** The loop of a connection: the same one for all requests of a keep-alive connection. */
    SerialLoop loop(String remoteAddress, int remotePort) {
        int number = remotePort > 0 ? remoteAddress.hashCode() * 31 + remotePort : next.getAndIncrement();
        number *= 0x9e3779b9;
        return loops[(number >>> 8) % loops.length];
    }

    BodyLimit bodyLimit() {
        return bodyLimit;
    }

    void add(Abortable connection) {
        open.add(connection);
        if (closed) {
            connection.abort();
        }
    }

    void remove(Abortable connection) {
        open.remove(connection);
    }

    int openConnections() {
        return open.size();
    }

    /** Runs a task that may block for some time: the container's closing of a session. */
    void closing(Runnable task) {
        try {
            closers.execute(task);
        } catch (RejectedExecutionException e) {
            task.run();
        }
    }

    /**
     * Aborts all open connections, then stops the threads and waits for them. Tasks that are submitted later run on the calling thread.
     *
     * @param engineLivesOn whether timers continue to run: sessions that use polling have no connection to abort, and live
     *     until their timeout. The timer thread ends with the last timer
     */
    void close(boolean engineLivesOn) {
        closed = true;
        for (Abortable connection : open) {
            connection.abort();
        }
        if (engineLivesOn) {
            scheduler.allowCoreThreadTimeOut(true);
        } else {
            scheduler.shutdown();
        }
        closers.shutdown();
        try {
            if (!closers.awaitTermination(5, TimeUnit.SECONDS)) {
                closers.shutdownNow();
            }
            if (ownPool != null) {
                ownPool.shutdown();
                if (!ownPool.awaitTermination(5, TimeUnit.SECONDS)) {
                    ownPool.shutdownNow();
                }
            }
            join(made);
            if (!engineLivesOn || scheduler.getQueue().isEmpty()) {
                join(timers);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void join(Set<Thread> threads) throws InterruptedException {
        for (Thread thread : threads) {
            if (thread != Thread.currentThread()) {
                TimeUnit.SECONDS.timedJoin(thread, 5);
            }
        }
    }
}
