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
 * @param local whether it is sent only to the sockets of one server of a cluster; such events are not stored either
 */
record Emission(
        int number,
        String namespace,
        Set<String> rooms,
        Set<String> except,
        boolean lossy,
        boolean asks,
        boolean local) {

    /** Whether a recovery restores it. */
    boolean stored() {
        return !lossy && !asks && !local;
    }

    /** Whether a socket in these rooms must receive it. */
    boolean means(Collection<String> joined) {
        return (rooms.isEmpty() || !Collections.disjoint(rooms, joined)) && Collections.disjoint(except, joined);
    }

    @Override
    public String toString() {
        return "#" + number + (rooms.isEmpty() ? " to all" : " to " + rooms.size() + " rooms") + " of " + namespace
                + (lossy ? ", volatile" : "") + (asks ? ", asks" : "") + (local ? ", local" : "");
    }
}
