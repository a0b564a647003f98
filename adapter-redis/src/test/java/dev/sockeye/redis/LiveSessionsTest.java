package dev.sockeye.redis;

import java.time.Duration;
import java.util.ConcurrentModificationException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Writes the sessions of connected clients to a Redis that is only simulated. */
class LiveSessionsTest {
    private final RedisLink link = new RedisLink((resources, opening, timers) -> new RejectingConnections());

    /** As when the application changes the data at the same time. */
    @Test
    void aSessionThatCannotBeEncodedIsEncodedAgainSoon() {
        AtomicInteger tries = new AtomicInteger();
        LiveSessions sessions = new LiveSessions(link, Duration.ofMinutes(5), "uid", RedisLink::bytes, sid -> {});
        link.retain().join();
        try {
            sessions.follow(
                    "sid",
                    () -> {
                        tries.incrementAndGet();
                        throw new ConcurrentModificationException("expected in the log of this test");
                    },
                    Duration.ofMinutes(1));
            Awaiting.until(() -> tries.get() == 2);
        } finally {
            link.release().join();
        }
    }
}
