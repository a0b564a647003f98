package dev.sockeye.engineio;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Whether an engine is closing, and the future that completes when its last session has ended. */
final class EngineShutdown {
    /** Sessions end within one turn of their loops, unless a loop is blocked. */
    static final Duration LIMIT = Duration.ofSeconds(10);

    @GuardedBy("this")
    private @Nullable CompletableFuture<Void> ended;

    private volatile boolean active;

    /** Begins, unless it has begun; returns whether it has begun with this call. */
    synchronized boolean begin() {
        if (ended != null) {
            return false;
        }
        ended = new CompletableFuture<>();
        active = true;
        return true;
    }

    boolean active() {
        return active;
    }

    /** Completes the futures; called when there are no sessions. */
    void complete() {
        CompletableFuture<Void> done;
        synchronized (this) {
            done = ended;
        }
        if (done != null) {
            done.complete(null);
        }
    }

    /** A future for the caller, who cannot complete that of others. */
    synchronized CompletableFuture<Void> future() {
        return ended == null ? CompletableFuture.completedFuture(null) : ended.copy();
    }

    /**
     * Sessions are accepted again: whoever still waits for the end must not wait for these. The future is completed on
     * another thread, because the caller may hold a lock.
     */
    void reset() {
        CompletableFuture<Void> given;
        synchronized (this) {
            given = ended;
            active = false;
            ended = null;
        }
        if (given != null) {
            var unused = given.completeAsync(() -> null);
        }
    }
}
