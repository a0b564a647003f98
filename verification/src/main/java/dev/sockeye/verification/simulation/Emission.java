package dev.sockeye.verification.simulation;

import java.util.Collection;
import java.util.Collections;
import java.util.Set;

/**
 * An event that a server has sent.
 *
 * @param rooms to whom; empty for all
 * @param lossy whether it may be lost: it is volatile
 * @param asks whether it asks for an acknowledgement, so that it is not kept for recovery
 */
record Emission(int number, String namespace, Set<String> rooms, Set<String> except, boolean lossy, boolean asks) {

    /** Whether a socket in these rooms is meant. */
    boolean means(Collection<String> joined) {
        return (rooms.isEmpty() || !Collections.disjoint(rooms, joined)) && Collections.disjoint(except, joined);
    }

    @Override
    public String toString() {
        return "#" + number + (rooms.isEmpty() ? " to all" : " to " + rooms.size() + " rooms") + " of " + namespace
                + (lossy ? ", volatile" : "") + (asks ? ", asks" : "");
    }
}
