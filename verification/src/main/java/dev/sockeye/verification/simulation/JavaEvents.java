package dev.sockeye.verification.simulation;

import java.util.HashSet;
import java.util.Set;
import java.util.function.IntFunction;

/** The numbered events of one namespace of a Sockeye client: what was emitted, and what has reached a handler. */
final class JavaEvents {
    private final Set<Integer> asking = new HashSet<>();
    private final Set<Integer> received = new HashSet<>();
    private int next;
    /** The first event of the client that runs now. What waits when a client is closed is lost. */
    private int first;

    /** A client starts. Returns the number of its first event. */
    int begin() {
        first = next;
        return first;
    }

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

    /** The same if the client sends its events one at a time, and each one until it is acknowledged. */
    void receiveAgain(Simulation simulation, Member member, int before, int number) {
        received.add(number);
        simulation.check(number >= before && number < next, member + " got the event " + number + " after " + before);
        checkReceived(simulation, first, number, lost -> member + " got the event " + number + " without " + lost);
    }

    private void checkReceived(Simulation simulation, int from, int to, IntFunction<String> error) {
        for (int number = from; number < to; number++) {
            if (!received.contains(number) && !asking.contains(number)) {
                simulation.fail(error.apply(number));
            }
        }
    }

    void checkAll(Simulation simulation, int from, String name) {
        checkReceived(simulation, from, next, lost -> "the event " + lost + " of " + name + " has not come");
    }
}
