package dev.sockeye.presence;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.sockeye.socketio.adapter.RoomListener;
import dev.sockeye.socketio.server.Namespace;
import dev.sockeye.socketio.server.SocketIoServer;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Counts the sockets of each room of a namespace on all servers of a cluster. Every server has the counts in memory: {@link
 * #count} takes constant time and does not wait for other servers. No official counterpart.
 *
 * <pre>{@code
 * RoomCounts rooms = RoomCounts.of(io);
 * int players = rooms.count("lobby");
 * }</pre>
 *
 * <p>Each server counts its own sockets and sends changes to the others after 20 ms, like {@link Presence}. Sockets of servers
 * without room counts, such as Node.js servers, are not counted. Thread-safe. Reading takes no lock.
 */
public final class RoomCounts implements AutoCloseable {
    private static final Logger LOG = System.getLogger(RoomCounts.class.getName());
    private static final int SERVERS = 10;

    /** A namespace references its room counts through the listener that they add, so both are garbage collected together. */
    @GuardedBy("ALL")
    private static final Map<Namespace, WeakReference<RoomCounts>> ALL = new WeakHashMap<>();

    private record Change(String room, String socketId, boolean join) {}

    private final Namespace namespace;
    private final PresenceOptions options;
    private final Map<String, Integer> totals = new ConcurrentHashMap<>();
    private final Replication replication;
    private final Listener listener = new Listener();

    // the following fields are guarded by the lock of the replication

    /**
     * The sockets in all rooms of this server, including rooms beyond {@link PresenceOptions#maxRooms()}. Sets instead of numbers,
     * because a change that was already included in the existing rooms may be reported later.
     */
    private final Map<String, Set<String>> own = new HashMap<>();

    /** Changes that occur until the existing rooms were counted; {@code null} afterwards. */
    private @Nullable List<Change> early = new ArrayList<>();

    private boolean full;

    private RoomCounts(Namespace namespace, PresenceOptions options) {
        this.namespace = namespace;
        this.options = options;
        int most = (int) Math.min(Integer.MAX_VALUE, (long) SERVERS * options.maxRooms());
        var terms = new Replica.Terms(options.heartbeatInterval(), options.nodeTimeout(), most);
        this.replication = new Replication(namespace, "sockeye:rooms", terms, new Part());
    }

    /** Returns the room counts of the namespace {@code /}; see {@link #of(Namespace)}. */
    public static RoomCounts of(SocketIoServer io) {
        return of(io.sockets());
    }

    /** Returns the room counts of a namespace, with default options if they are created. */
    public static RoomCounts of(Namespace namespace) {
        return of(namespace, null);
    }

    /**
     * Returns the room counts of a namespace, which are created on the first call. They exist until they are closed or the
     * server is no longer used.
     *
     * @throws IllegalStateException if they were already added with different options
     */
    public static RoomCounts of(Namespace namespace, @Nullable PresenceOptions options) {
        RoomCounts made;
        synchronized (ALL) {
            WeakReference<RoomCounts> reference = ALL.get(namespace);
            RoomCounts found = reference == null ? null : reference.get();
            if (found != null) {
                if (options != null && found.options != options) {
                    throw new IllegalStateException("the room counts of " + namespace + " have other options");
                }
                return found;
            }
            made = new RoomCounts(namespace, options == null ? PresenceOptions.defaults() : options);
            ALL.put(namespace, new WeakReference<>(made));
        }
        try {
            made.start();
        } catch (Throwable e) {
            made.close();
            throw e;
        }
        return made;
    }

    private void start() {
        replication.start();
        namespace.adapter().addRoomListener(listener);
        Map<String, Set<String>> members = members();
        replication.with((replica, now) -> {
            begin(members, replica, now);
            return true;
        });
    }

    /** The existing rooms that are counted, with their sockets. Calls the application's predicate. */
    private Map<String, Set<String>> members() {
        Map<String, Set<String>> members = new HashMap<>();
        namespace.adapter().rooms().forEach((room, ids) -> {
            Set<String> counted = new HashSet<>(ids);
            counted.remove(room);
            if (!counted.isEmpty() && options.rooms().test(room)) {
                members.put(room, counted);
            }
        });
        return members;
    }

    private void begin(Map<String, Set<String>> members, Replica replica, long now) {
        List<Change> changes = early == null ? List.of() : early;
        early = null;
        for (Change change : changes) {
            Set<String> ids = members.computeIfAbsent(change.room, key -> new HashSet<>());
            if (change.join) {
                ids.add(change.socketId);
            } else {
                ids.remove(change.socketId);
            }
        }
        members.forEach((room, ids) -> set(replica, now, room, ids));
    }

    /** The number of sockets of the cluster in a room; 0 if the room does not exist. */
    public int count(String room) {
        return totals.getOrDefault(room, 0);
    }

    /** A copy of all rooms, by name, with the number of their sockets. */
    public Map<String, Integer> all() {
        return new TreeMap<>(totals);
    }

    /** Stops counting on this server; the other servers remove its counts. Idempotent. */
    @Override
    public void close() {
        synchronized (ALL) {
            WeakReference<RoomCounts> reference = ALL.get(namespace);
            if (reference != null && reference.refersTo(this)) {
                ALL.remove(namespace);
            }
        }
        namespace.adapter().removeRoomListener(listener);
        replication.close(Duration.ZERO);
    }

    @Override
    public String toString() {
        return "RoomCounts[" + namespace.name() + ", " + totals.size() + " rooms]";
    }

    private void changed(String room, String socketId, boolean join) {
        if (room.equals(socketId) || !options.rooms().test(room)) {
            return;
        }
        replication.with((replica, now) -> {
            change(new Change(room, socketId, join), replica, now);
            return true;
        });
    }

    private void change(Change change, Replica replica, long now) {
        if (early != null) {
            early.add(change);
        } else {
            Set<String> ids = own.getOrDefault(change.room, Set.of());
            if (change.join != ids.contains(change.socketId)) {
                if (change.join) {
                    ids = own.computeIfAbsent(change.room, room -> new HashSet<>(4));
                    ids.add(change.socketId);
                } else {
                    ids.remove(change.socketId);
                }
                set(replica, now, change.room, ids);
            }
        }
    }

    private void set(Replica replica, long now, String room, Set<String> ids) {
        if (ids.isEmpty()) {
            own.remove(room);
            replica.set(room, null, now);
            return;
        }
        own.put(room, ids);
        if (replica.get(room) != null || replica.ownSize() < options.maxRooms()) {
            replica.set(room, Integer.toString(ids.size()), now);
        } else if (!full) {
            full = true;
            LOG.log(
                    Level.WARNING,
                    PresenceLog.TOO_MANY_ROOMS.text("more than {0} rooms (maxRooms): the others are not counted"),
                    options.maxRooms());
        }
    }

    private final class Listener implements RoomListener {
        @Override
        public void onJoinRoom(String room, String socketId) {
            changed(room, socketId, true);
        }

        @Override
        public void onLeaveRoom(String room, String socketId) {
            changed(room, socketId, false);
        }
    }

    private final class Part implements Replication.Part {
        @Override
        public void changed(
                Replica replica, long now, String server, String key, @Nullable String before, @Nullable String value) {
            int difference = number(value) - number(before);
            if (difference != 0) { // otherwise the key of a removal that was already unknown would be added
                totals.merge(key, difference, (old, change) -> old + change == 0 ? null : old + change);
            }
        }

        private static int number(@Nullable String text) {
            try {
                return text == null ? 0 : Integer.parseInt(text);
            } catch (NumberFormatException e) {
                return 0; // sent by a later version
            }
        }

        @Override
        public long next() {
            return Replica.NEVER;
        }

        @Override
        public void run(Replica replica, long now) {}

        @Override
        public void closed() {
            totals.clear();
        }

        @Override
        public void afterwards() {}
    }
}
