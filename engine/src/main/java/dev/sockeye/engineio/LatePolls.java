package dev.sockeye.engineio;

import dev.sockeye.engineio.host.EngineLoop;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Sessions that their client has just closed while no poll was waiting. A client sends the closing POST and its poll at the
 * same time on two connections; where those belong to two loops the POST may win. The poll that comes a moment too late
 * is then answered as if it had been waiting.
 */
final class LatePolls {
    private static final Duration GRACE = Duration.ofMillis(250);

    private final Set<String> sids = ConcurrentHashMap.newKeySet();

    /** A session was closed by its client without a waiting poll. */
    void expectPoll(String sid, EngineLoop loop) {
        if (sids.add(sid)) {
            loop.schedule(() -> sids.remove(sid), GRACE);
        }
    }

    /** Whether a poll of this closed session is the late one; true once. */
    boolean isLatePoll(String sid) {
        return !sids.isEmpty() && sids.remove(sid);
    }
}
