package dev.sockeye.verification.simulation;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** What a client must receive on one socket, in order, across recoveries. */
final class Stream {
    private record Entry(Emission emission, boolean optional) {}

    private final String name;
    private final List<Entry> entries = new ArrayList<>();
    private final Set<Integer> received = new HashSet<>();
    private int position;
    /** The position in the log up to which its events were chosen. */
    private long chosen;

    Stream(String name) {
        this.name = name;
    }

    void add(Emission emission, boolean optional) {
        // what the server that the client has left has sent is lost, if this server sends it too
        entries.subList(position, entries.size())
                .removeIf(entry -> entry.optional && entry.emission.number() == emission.number());
        entries.add(new Entry(emission, optional));
    }

    /** Events that were not received yet may be lost unless a recovery restores them. */
    void disconnected(Set<String> rooms) {
        for (int i = position; i < entries.size(); i++) {
            Emission emission = entries.get(i).emission;
            if (!emission.stored() || !emission.means(rooms)) {
                entries.set(i, new Entry(emission, true));
            }
        }
    }

    long chosen() {
        return chosen;
    }

    void chosen(long upTo) {
        chosen = upTo;
    }

    /**
     * The session of the client is restored on a server that has delivered the log up to a position: it receives what it has missed
     * up to there, and what follows as soon as this server delivers it.
     */
    void recover(Set<String> rooms, long upTo, ToLongFunction<Emission> at) {
        for (int i = entries.size() - 1; i >= position; i--) {
            if (at.applyAsLong(entries.get(i).emission) > upTo) {
                entries.remove(i);
            }
        }
        disconnected(rooms);
        chosen = Math.min(chosen, upTo);
    }

    /** Checks an event that the client received; returns a description of the error, if any. */
    @Nullable
    String receive(int number) {
        for (int i = position; i < entries.size(); i++) {
            Entry entry = entries.get(i);
            if (entry.emission.number() == number) {
                received.add(number);
                position = i + 1;
                return null;
            }
            if (!entry.optional) {
                break;
            }
        }
        if (received.contains(number)) {
            return name + " got #" + number + " twice";
        }
        for (int i = position; i < entries.size(); i++) {
            if (entries.get(i).emission.number() == number) {
                return name + " got #" + number + " without, or before, " + nextDue();
            }
        }
        return name + " got #" + number + ", which is not for it now; next due is " + nextDue();
    }

    /** A recovery has delivered an event that was sent to a room before it was joined, as in the reference. */
    boolean receiveExtra(Emission emission, Set<String> rooms) {
        return emission.stored() && emission.means(rooms) && received.add(emission.number());
    }

    /** The next event that must not be missing; {@code null} if there is none. */
    @Nullable
    Emission nextDue() {
        for (int i = position; i < entries.size(); i++) {
            if (!entries.get(i).optional) {
                return entries.get(i).emission;
            }
        }
        return null;
    }

    @Override
    public String toString() {
        return name;
    }
}
