package dev.sockeye.socketio.server;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.sockeye.engineio.host.EngineLoop;
import dev.sockeye.runtime.NamedThreads;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The default timer: one daemon thread for the whole JVM. */
final class SystemTimer implements ServerTimer {
    private static final Duration IDLE = Duration.ofSeconds(10);
    private static final Duration IDLE_WITHOUT_SERVERS = Duration.ofMillis(1);
    static final SystemTimer INSTANCE = new SystemTimer();

    private final ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1, this::newThread);

    @GuardedBy("this")
    private int servers;

    private volatile @Nullable Thread thread;

    private SystemTimer() {
        executor.setRemoveOnCancelPolicy(true);
        executor.setKeepAliveTime(IDLE.toNanos(), TimeUnit.NANOSECONDS);
        executor.allowCoreThreadTimeOut(true);
    }

    private Thread newThread(Runnable task) {
        Thread made = new Thread(task, "sockeye-timer");
        made.setDaemon(true);
        // the thread serves all applications, not only the one that started it
        made.setContextClassLoader(SystemTimer.class.getClassLoader());
        thread = made;
        return made;
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public EngineLoop.Timer schedule(Runnable task, Duration delay) {
        Future<?> future = executor.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
        return () -> future.cancel(false);
    }

    @Override
    public synchronized void started() {
        if (servers++ == 0) {
            executor.setKeepAliveTime(IDLE.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    @Override
    public synchronized void ended() {
        if (--servers == 0) {
            executor.setKeepAliveTime(IDLE_WITHOUT_SERVERS.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    @Override
    public boolean awaitEnd(long end) throws InterruptedException {
        synchronized (this) {
            if (servers > 0) {
                return true;
            }
        }
        Thread last = thread;
        return last == null || NamedThreads.join(last, end);
    }
}
