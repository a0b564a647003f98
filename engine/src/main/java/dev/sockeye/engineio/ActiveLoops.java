package dev.sockeye.engineio;

import dev.sockeye.engineio.host.EngineLoop;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The loops that have sessions, with their heartbeat queues. Thread-safe; a session enters and leaves on its loop. */
final class ActiveLoops {
    private final EngineServer server;
    private final Map<EngineLoop, LoopHeartbeats> loops = new ConcurrentHashMap<>();

    ActiveLoops(EngineServer server) {
        this.server = server;
    }

    /** A session begins. */
    LoopHeartbeats enter(EngineLoop loop) {
        LoopHeartbeats state = loops.compute(loop, (key, known) -> {
            LoopHeartbeats used = known == null ? new LoopHeartbeats(server, loop) : known;
            used.sessions++;
            return used;
        });
        try {
            state.watchLoop();
        } catch (RuntimeException | Error e) {
            leave(state);
            throw e;
        }
        return state;
    }

    /** A session has ended. */
    void leave(LoopHeartbeats state) {
        if (loops.computeIfPresent(state.loop, (loop, used) -> --used.sessions == 0 ? null : used) == null) {
            state.unwatchLoop();
        }
    }
}
