package dev.sockeye.verification.simulation;

import dev.sockeye.socketio.server.BroadcastOperator;
import dev.sockeye.socketio.server.Namespace;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The sockets that a broadcast or request is for.
 *
 * @param rooms the target rooms; empty for all sockets
 * @param local whether only sockets of one server are meant
 */
record Target(Set<String> rooms, Set<String> except, boolean local) {

    /** A random target, with the rooms of the application, and sometimes the own rooms of sockets. */
    static Target random(Dice dice, List<Member> known, boolean cluster) {
        Set<String> rooms = new LinkedHashSet<>();
        Set<String> except = new LinkedHashSet<>();
        for (int i = dice.below(3); i > 0; i--) {
            rooms.add(room(dice, known));
        }
        if (dice.permille(250)) {
            for (int i = dice.below(2); i >= 0; i--) {
                except.add(room(dice, known));
            }
        }
        return new Target(rooms, except, cluster && dice.permille(150));
    }

    private static String room(Dice dice, List<Member> known) {
        return known.isEmpty() || dice.permille(800) ? dice.choose(Application.ROOMS) : dice.choose(known).id;
    }

    /** The same without one more socket. */
    Target without(String id) {
        Set<String> more = new LinkedHashSet<>(except);
        more.add(id);
        return new Target(rooms, more, local);
    }

    /** Whether a socket in these rooms is meant. */
    boolean means(Collection<String> joined) {
        return (rooms.isEmpty() || !Collections.disjoint(rooms, joined)) && Collections.disjoint(except, joined);
    }

    BroadcastOperator of(Namespace namespace) {
        BroadcastOperator to = namespace.to(rooms.toArray(new String[0])).except(except.toArray(new String[0]));
        return local ? to.local() : to;
    }

    @Override
    public String toString() {
        return (rooms.isEmpty() ? "all" : rooms.size() + " rooms")
                + (except.isEmpty() ? "" : " except " + except.size())
                + (local ? ", local" : "");
    }
}
