package dev.sockeye.admin;

import java.time.Duration;
import java.util.concurrent.CompletionStage;

/**
 * Remembers who has logged in, so that the page need not ask for the password again. Any thread; must not block. Official
 * counterpart: {@code Store} of {@code @socket.io/admin-ui}.
 */
public interface AdminSessionStore {

    /** Whether a session was saved and has not expired. A failure refuses the login. */
    CompletionStage<Boolean> exists(String sessionId);

    /** Saves a session. A failure lets the user in all the same; only the page asks for the password next time. */
    CompletionStage<Void> save(String sessionId);

    /** In the memory of this server: at most 10,000 sessions, each for a day. */
    static AdminSessionStore inMemory() {
        return inMemory(10_000, Duration.ofDays(1));
    }

    /**
     * In the memory of this server.
     *
     * @param maxSessions how many are kept; the oldest make room
     * @param duration how long each is kept
     */
    static AdminSessionStore inMemory(int maxSessions, Duration duration) {
        return new MemorySessionStore(maxSessions, duration, System::nanoTime);
    }
}
