package dev.sockeye.socketio.adapter;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import java.util.function.Consumer;

/**
 * The sockets of one room. Any thread may visit them, while {@link #add} and {@link #remove} are called by one thread at a time. The
 * changes of one socket are made by one thread at a time.
 *
 * <p>A small room is an array that each change replaces; most rooms are small, and a map would need four times the memory. A room that
 * has grown is a {@link Large} until only a few sockets are left.
 */
final class RoomMembers {
    /** The most members of an array. */
    static final int SMALL = 16;

    private static final Object[] NONE = {};

    /** An {@code Object[]}, ids and sockets in turn, or a {@link Large}. Written by one thread at a time. */
    private volatile Object members = NONE;

    void add(String id, LocalSocket socket) {
        if (members instanceof Large large) {
            large.add(id, socket);
            return;
        }
        Object[] before = (Object[]) members;
        int at = index(before, id);
        if (at >= 0) {
            Object[] changed = before.clone();
            changed[at + 1] = socket;
            members = changed;
        } else if (before.length < 2 * SMALL) {
            Object[] more = Arrays.copyOf(before, before.length + 2);
            more[before.length] = id;
            more[before.length + 1] = socket;
            members = more;
        } else {
            Large large = new Large(before);
            large.add(id, socket);
            members = large;
        }
    }

    void remove(String id) {
        if (members instanceof Large large) {
            if (large.remove(id) <= SMALL / 2) {
                large.replaced = true; // whoever changes it from now on does the same again in the array
                members = large.toArray();
            }
            return;
        }
        Object[] before = (Object[]) members;
        int at = index(before, id);
        if (at >= 0) {
            Object[] fewer = new Object[before.length - 2];
            System.arraycopy(before, 0, fewer, 0, at);
            System.arraycopy(before, at + 2, fewer, at, fewer.length - at);
            members = fewer;
        }
    }

    /** Adds a socket if the room is large and stays so; otherwise {@link #add} must be called. Any thread. */
    boolean addToLarge(String id, LocalSocket socket) {
        if (members instanceof Large large) {
            large.add(id, socket);
            return !large.replaced;
        }
        return false;
    }

    /** Removes a socket if the room is large and stays so; otherwise {@link #remove} must be called. Any thread. */
    boolean removeFromLarge(String id) {
        return members instanceof Large large && large.remove(id) > SMALL / 2 && !large.replaced;
    }

    private static int index(Object[] array, String id) {
        for (int i = 0; i < array.length; i += 2) {
            if (array[i].equals(id)) {
                return i;
            }
        }
        return -1;
    }

    boolean isEmpty() {
        return members instanceof Object[] array && array.length == 0;
    }

    boolean contains(String id) {
        Object now = members;
        return now instanceof Large large ? large.sockets.containsKey(id) : index((Object[]) now, id) >= 0;
    }

    Set<String> ids() {
        Object now = members;
        if (now instanceof Large large) {
            return new HashSet<>(large.sockets.keySet());
        }
        Object[] array = (Object[]) now;
        Set<String> ids = new HashSet<>(array.length);
        for (int i = 0; i < array.length; i += 2) {
            ids.add((String) array[i]);
        }
        return ids;
    }

    /** Visits each socket once; sockets that join during the visit are skipped. */
    void visitOnce(Consumer<LocalSocket> visitor) {
        Object now = members;
        if (now instanceof Large large) {
            large.visitOnce(visitor);
        } else {
            visit((Object[]) now, visitor);
        }
    }

    /** Visits the sockets, possibly including those that join during the visit; a socket may be visited more than once. */
    void visit(Consumer<LocalSocket> visitor) {
        Object now = members;
        if (now instanceof Large large) {
            large.visit(visitor);
        } else {
            visit((Object[]) now, visitor);
        }
    }

    private static void visit(Object[] array, Consumer<LocalSocket> visitor) {
        for (int i = 1; i < array.length; i += 2) {
            visitor.accept((LocalSocket) array[i]);
        }
    }

    /**
     * The sockets of a room with many.
     *
     * <p>The iterator of a concurrent map may return a key twice if it is removed and added again. A socket that leaves the room and joins
     * it again during a broadcast must not receive it twice, so sockets that join during a visit are marked, and that visit leaves them
     * out.
     */
    private static final class Large {
        private static final AtomicIntegerFieldUpdater<Large> VISITS =
                AtomicIntegerFieldUpdater.newUpdater(Large.class, "visits");

        /** A socket that joined during a visit. */
        private record Late(LocalSocket socket, long number) {}

        /** The values are {@link LocalSocket} or {@link Late}. */
        private final ConcurrentHashMap<String, Object> sockets;

        private static final AtomicLongFieldUpdater<Large> LATE =
                AtomicLongFieldUpdater.newUpdater(Large.class, "late");

        private volatile int visits;
        /** How many sockets have joined during visits. */
        private volatile long late;
        /** Whether an array is made of it. */
        volatile boolean replaced;

        Large(Object[] array) {
            this.sockets = new ConcurrentHashMap<>(array.length);
            for (int i = 0; i < array.length; i += 2) {
                sockets.put((String) array[i], array[i + 1]);
            }
        }

        void add(String id, LocalSocket socket) {
            Object member = socket;
            if (visits > 0) {
                member = new Late(socket, LATE.incrementAndGet(this));
            }
            sockets.put(id, member);
        }

        /** Returns how many are left. */
        int remove(String id) {
            sockets.remove(id);
            return sockets.size();
        }

        Object[] toArray() {
            List<Object> array = new ArrayList<>(4 * SMALL);
            for (var entry : sockets.entrySet()) {
                array.add(entry.getKey());
                array.add(socket(entry.getValue()));
            }
            return array.toArray();
        }

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

        void visit(Consumer<LocalSocket> visitor) {
            for (Object member : sockets.values()) {
                visitor.accept(socket(member));
            }
        }

        private static LocalSocket socket(Object member) {
            return member instanceof LocalSocket socket ? socket : ((Late) member).socket;
        }
    }
}
