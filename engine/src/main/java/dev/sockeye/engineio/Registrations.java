package dev.sockeye.engineio;

import dev.sockeye.socketio.Registration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** Makes registrations that are closed once. */
final class Registrations {
    private Registrations() {}

    /** Adds an item to a list for several threads; closing the result removes it, and leaves others that are equal to it. */
    static <T> Registration add(List<T> list, T item) {
        list.add(item);
        return of(() -> list.remove(item));
    }

    /** Runs an action when it is closed for the first time. */
    static Registration of(Runnable removal) {
        AtomicBoolean closed = new AtomicBoolean();
        return () -> {
            if (closed.compareAndSet(false, true)) {
                removal.run();
            }
        };
    }
}
