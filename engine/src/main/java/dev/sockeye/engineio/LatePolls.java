package dev.sockeye.engineio;

import dev.sockeye.engineio.host.EngineLoop;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Sessions that their client has just closed while no poll was pending. A client sends the closing POST and its next
 * poll at the same time on two connections; if these belong to two loops, the POST may be handled first. The late poll
 * is then answered as if it had been pending.
 */
final class LatePolls {
    private static final Duration GRACE = Duration.ofMillis(250);

    private final Set<String> sids = ConcurrentHashMap.newKeySet();

    /** A session was closed by its client without a pending poll. */
    void expectPoll(String sid, EngineLoop loop) {
        if (sids.add(sid)) {
            loop.schedule(() -> sids.remove(sid), GRACE);
        }
    }

    /** Whether this is the late poll of a closed session; returns true once. */
    boolean isLatePoll(String sid) {
        return !sids.isEmpty() && sids.remove(sid);
    }
}
