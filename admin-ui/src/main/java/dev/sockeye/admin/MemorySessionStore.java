package dev.sockeye.admin;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;

/** Sessions in memory, in the order in which they expire. Thread-safe. */
final class MemorySessionStore implements AdminSessionStore {
    private final int max;
    private final long nanos;
    private final LongSupplier clock;

    @GuardedBy("this")
    private final Map<String, Long> savedAt = new LinkedHashMap<>();

    MemorySessionStore(int max, Duration duration, LongSupplier clock) {
        if (max < 1 || duration.isNegative() || duration.isZero()) {
            throw new IllegalArgumentException("a session store keeps at least one session for a positive duration");
        }
        this.max = max;
        this.nanos = duration.toNanos();
        this.clock = clock;
    }

    @Override
    public synchronized CompletionStage<Boolean> exists(String sessionId) {
        Long saved = savedAt.get(sessionId);
        return CompletableFuture.completedFuture(saved != null && clock.getAsLong() - saved < nanos);
    }

    @Override
    public synchronized CompletionStage<Void> save(String sessionId) {
        long now = clock.getAsLong();
        savedAt.remove(sessionId);
        savedAt.put(sessionId, now);
        Iterator<Long> oldest = savedAt.values().iterator();
        while (oldest.hasNext()) {
            long saved = oldest.next();
            if (savedAt.size() <= max && now - saved < nanos) {
                break;
            }
            oldest.remove();
        }
        return CompletableFuture.completedFuture(null);
    }
}
