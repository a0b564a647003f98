package dev.sockeye.admin;

import java.time.Duration;
import java.util.concurrent.CompletionStage;

/**
 * Stores login sessions, so that the page does not have to ask for the password again. Thread-safe; must not block. Official
 * counterpart: {@code Store} of {@code @socket.io/admin-ui}.
 */
public interface AdminSessionStore {

    /** Whether a session was saved and has not expired. If this fails, the login is rejected. */
    CompletionStage<Boolean> exists(String sessionId);

    /** Saves a session. If this fails, the user is still logged in, but must enter the password again next time. */
    CompletionStage<Void> save(String sessionId);

    /** A store in the memory of this server, with at most 10,000 sessions that expire after one day. */
    static AdminSessionStore inMemory() {
        return inMemory(10_000, Duration.ofDays(1));
    }

    /**
     * A store in the memory of this server.
     *
     * @param maxSessions the maximum number of sessions; the oldest are removed
     * @param duration how long each session is kept
     */
    static AdminSessionStore inMemory(int maxSessions, Duration duration) {
        return new MemorySessionStore(maxSessions, duration, System::nanoTime);
    }
}
