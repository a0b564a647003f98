package dev.sockeye.socketio.adapter;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.function.Consumer;

/**
 * The sockets of one room. Any thread may visit them, while {@link #add} and {@link #remove} are called by one thread at a time.
 *
 * <p>The iterator of a concurrent map may return a key twice if it is removed and added again. A socket that leaves the room and joins it
 * again during a broadcast must not receive it twice, so sockets that join during a visit are marked, and that visit leaves them out.
 */
final class RoomMembers {
    private static final AtomicIntegerFieldUpdater<RoomMembers> VISITS =
            AtomicIntegerFieldUpdater.newUpdater(RoomMembers.class, "visits");

    /** A socket that joined during a visit. */
    private record Late(LocalSocket socket, long number) {}

    /** The values are {@link LocalSocket} or {@link Late}. */
    private final ConcurrentHashMap<String, Object> sockets = new ConcurrentHashMap<>(4);

    private volatile int visits;
    /** How many sockets have joined during visits. */
    private volatile long late;

    void add(String id, LocalSocket socket) {
        Object member = socket;
        if (visits > 0) {
            long number = late + 1;
            late = number;
            member = new Late(socket, number);
        }
        sockets.put(id, member);
    }

    void remove(String id) {
        sockets.remove(id);
    }

    boolean isEmpty() {
        return sockets.isEmpty();
    }

    boolean contains(String id) {
        return sockets.containsKey(id);
    }

    Set<String> ids() {
        return new HashSet<>(sockets.keySet());
    }

    /** Visits each socket once; those that join meanwhile are left out. */
    void visitOnce(Consumer<LocalSocket> visitor) {
        VISITS.incrementAndGet(this);
        try {
            long limit = late;
            for (Object member : sockets.values()) {
                if (member instanceof LocalSocket socket) {
                    visitor.accept(socket);
                } else if (((Late) member).number <= limit) {
                    visitor.accept(((Late) member).socket);
                }
            }
        } finally {
            VISITS.decrementAndGet(this);
        }
    }

    /** Visits the sockets, also those that join meanwhile; a socket may be visited more than once. */
    void visit(Consumer<LocalSocket> visitor) {
        for (Object member : sockets.values()) {
            visitor.accept(member instanceof LocalSocket socket ? socket : ((Late) member).socket);
        }
    }
}
