package dev.sockeye.engineio;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** The observers of a session; there are none in most, so that this does not exist. Loop-confined. */
final class Observers {
    private final List<EngineSocketListener.Observer> observers = new ArrayList<>(1);

    void add(EngineSocketListener.Observer observer) {
        observers.add(observer);
    }

    void notify(Consumer<EngineSocketListener.Observer> event) {
        for (int i = 0; i < observers.size(); i++) {
            EngineSocketListener.Observer observer = observers.get(i);
            Hooks.guard("observer", () -> event.accept(observer));
        }
    }
}
