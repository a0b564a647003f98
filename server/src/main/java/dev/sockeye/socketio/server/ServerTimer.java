package dev.sockeye.socketio.server;

import dev.sockeye.engineio.host.EngineLoop;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The clock and timer of a server, for what belongs to no loop. */
interface ServerTimer {

    /** Monotonic nanoseconds. */
    long nanoTime();

    /** Runs a short task later. */
    EngineLoop.Timer schedule(Runnable task, Duration delay);

    /** One daemon thread for the whole JVM, which ends when nothing is due. */
    static ServerTimer system() {
        return SystemTimer.INSTANCE;
    }

    /** The real one. */
    final class SystemTimer implements ServerTimer {
        private static final SystemTimer INSTANCE = new SystemTimer();

        private final ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "sockeye-timer");
            thread.setDaemon(true);
            return thread;
        });

        private SystemTimer() {
            executor.setRemoveOnCancelPolicy(true);
            executor.setKeepAliveTime(10, TimeUnit.SECONDS);
            executor.allowCoreThreadTimeOut(true);
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
    }
}
