package dev.sockeye.socketio.server;

import dev.sockeye.engineio.SessionIds;
import dev.sockeye.engineio.host.EngineLoop;
import java.time.Duration;
import java.time.Instant;

/**
 * The clock, the timer and the id generator of a server, for everything that does not belong to the loop of one
 * connection. For test kits and simulations; applications keep the default. All methods may be called from any thread.
 */
public interface ServerTimer {

    /** Monotonic nanoseconds. */
    long nanoTime();

    /** The wall clock. Default: the system clock. */
    default Instant now() {
        return Instant.now();
    }

    /** Runs a short task after a delay, once. */
    EngineLoop.Timer schedule(Runnable task, Duration delay);

    /** Returns a new id for a socket, or for a session that can be recovered. It must be unique and impossible to guess. */
    default String randomId() {
        return SessionIds.RandomIds.next();
    }

    /**
     * Returns 64 random bits that are impossible to guess, for the ids of a server and its requests in a cluster. Default: a
     * {@link java.security.SecureRandom}.
     */
    default long randomBits() {
        return SessionIds.RandomIds.nextBits();
    }

    /** Called when a server starts to use this timer. */
    default void started() {}

    /** Called when a server no longer uses this timer. */
    default void ended() {}

    /**
     * Waits until the thread of this timer has ended.
     *
     * @param end the limit, as {@link System#nanoTime()}
     * @return whether it has ended; true while other servers use it
     */
    default boolean awaitEnd(long end) throws InterruptedException {
        return true;
    }

    /**
     * Returns the default timer: one daemon thread for the whole JVM, which ends soon after the last server is closed.
     */
    static ServerTimer system() {
        return SystemTimer.INSTANCE;
    }
}
