package dev.sockeye.socketio.adapter;

import dev.sockeye.engineio.host.EngineLoop;
import java.time.Duration;

/** A loop that is always where the caller is. */
final class HereLoop implements EngineLoop {
    @Override
    public boolean inLoop() {
        return true;
    }

    @Override
    public void execute(Runnable task) {
        task.run();
    }

    @Override
    public long nanoTime() {
        return 0;
    }

    @Override
    public Timer schedule(Runnable task, Duration delay) {
        return () -> {};
    }
}
