package dev.sockeye.engineio;

import java.lang.System.Logger.Level;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Logs errors of peers at debug level, limited to a few lines per second, so that peers cannot fill the disk by sending
 * garbage. Thread-safe.
 */
final class DebugLog {
    private static final int LINES_PER_SECOND = 10;
    private static final long SECOND = 1_000_000_000L;

    private final System.Logger logger;
    private final LongSupplier nanoTime;
    private final AtomicLong windowStart;
    private final AtomicInteger lines = new AtomicInteger();

    DebugLog(System.Logger logger, LongSupplier nanoTime) {
        this.logger = logger;
        this.nanoTime = nanoTime;
        this.windowStart = new AtomicLong(nanoTime.getAsLong());
    }

    void log(String text, @Nullable Object detail) {
        if (!logger.isLoggable(Level.DEBUG)) {
            return;
        }
        long now = nanoTime.getAsLong();
        long start = windowStart.get();
        if (now - start >= SECOND && windowStart.compareAndSet(start, now)) {
            int left = lines.getAndSet(0) - LINES_PER_SECOND;
            if (left > 0) {
                logger.log(Level.DEBUG, left + " more lines of this kind were left out");
            }
        }
        if (lines.incrementAndGet() <= LINES_PER_SECOND) {
            if (detail instanceof Throwable error) {
                logger.log(Level.DEBUG, text, error);
            } else {
                logger.log(Level.DEBUG, detail == null ? text : text + ": " + detail);
            }
        }
    }
}
