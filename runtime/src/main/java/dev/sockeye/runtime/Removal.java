package dev.sockeye.runtime;

import dev.sockeye.socketio.Registration;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A registration whose {@code close} runs an action, at most once. */
public final class Removal implements Registration {
    private final AtomicReference<@Nullable Runnable> action;

    /** Creates a registration. */
    public Removal(Runnable action) {
        this.action = new AtomicReference<>(action);
    }

    @Override
    public void close() {
        Runnable once = action.getAndSet(null);
        if (once != null) {
            once.run();
        }
    }
}
