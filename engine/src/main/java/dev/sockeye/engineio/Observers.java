package dev.sockeye.engineio;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** The observers of a session; not created for sessions without observers. Loop-confined. */
final class Observers {
    /** Replaced on each change, so that an observer may add and remove observers during an event. */
    private List<EngineSocketListener.Observer> observers = List.of();

    void add(EngineSocketListener.Observer observer) {
        List<EngineSocketListener.Observer> more = new ArrayList<>(observers);
        more.add(observer);
        observers = more;
    }

    void remove(EngineSocketListener.Observer observer) {
        List<EngineSocketListener.Observer> left = new ArrayList<>(observers);
        left.remove(observer);
        observers = left;
    }

    void notify(Consumer<EngineSocketListener.Observer> event) {
        for (EngineSocketListener.Observer observer : observers) {
            Hooks.guard("observer", () -> event.accept(observer));
        }
    }
}
