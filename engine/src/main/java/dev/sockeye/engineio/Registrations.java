package dev.sockeye.engineio;

import dev.sockeye.socketio.Registration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** Creates registrations whose action runs once. */
final class Registrations {
    private Registrations() {}

    /** Adds an item to a concurrent list; closing the result removes this item, but not others that are equal to it. */
    static <T> Registration add(List<T> list, T item) {
        list.add(item);
        return of(() -> list.remove(item));
    }

    /** Creates a registration that runs an action when it is first closed. */
    static Registration of(Runnable removal) {
        AtomicBoolean closed = new AtomicBoolean();
        return () -> {
            if (closed.compareAndSet(false, true)) {
                removal.run();
            }
        };
    }
}
