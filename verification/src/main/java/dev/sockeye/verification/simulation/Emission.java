package dev.sockeye.verification.simulation;

import java.util.Collection;
import java.util.Collections;
import java.util.Set;

/**
 * An event that a server has sent.
 *
 * @param rooms the target rooms; empty for all sockets
 * @param lossy whether it may be lost because it is volatile
 * @param asks whether it requests an acknowledgement; such events are not stored for recovery
 */
record Emission(int number, String namespace, Set<String> rooms, Set<String> except, boolean lossy, boolean asks) {

    /** Whether a socket in these rooms must receive it. */
    boolean means(Collection<String> joined) {
        return (rooms.isEmpty() || !Collections.disjoint(rooms, joined)) && Collections.disjoint(except, joined);
    }

    @Override
    public String toString() {
        return "#" + number + (rooms.isEmpty() ? " to all" : " to " + rooms.size() + " rooms") + " of " + namespace
                + (lossy ? ", volatile" : "") + (asks ? ", asks" : "");
    }
}
