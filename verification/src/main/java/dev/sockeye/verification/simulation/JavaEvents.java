package dev.sockeye.verification.simulation;

import java.util.HashSet;
import java.util.Set;

/** The numbered events of one namespace of a Sockeye client: what was emitted, and what has reached a handler. */
final class JavaEvents {
    private final Set<Integer> asking = new HashSet<>();
    private final Set<Integer> received = new HashSet<>();
    private int next;

    /** The number of the next event. */
    int next() {
        return next;
    }

    int emit(boolean asks) {
        if (asks) {
            asking.add(next);
        }
        return next++;
    }

    /**
     * A handler has received an event.
     *
     * @param before the last event on this connection; negative for none
     */
    void receive(Simulation simulation, Member member, int before, int number) {
        simulation.check(received.add(number), member + " got the event " + number + " twice");
        simulation.check(number > before && number < next, member + " got the event " + number + " after " + before);
        for (int lost = before + 1; before >= 0 && lost < number; lost++) {
            // a question may be withdrawn before it is sent
            simulation.check(asking.contains(lost), member + " got the event " + number + " without " + lost);
        }
    }

    void checkAll(Simulation simulation, int from, String name) {
        for (int number = from; number < next; number++) {
            simulation.check(
                    received.contains(number) || asking.contains(number),
                    "the event " + number + " of " + name + " has not come");
        }
    }
}
