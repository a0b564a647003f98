package dev.sockeye.presence;

import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The users with sockets on this server, and those in their grace time. Sockets are compared by identity. Used under the lock
 * of {@link Replication}.
 */
final class LocalUsers {
    private static final class User {
        private final Set<Object> sockets = Collections.newSetFromMap(new IdentityHashMap<>(2));
        private final long since;
        private long stamp;
        private @Nullable String metadata;

        private User(long since) {
            this.since = since;
        }

        private UserEntry entry() {
            return new UserEntry(sockets.size(), since, stamp, metadata);
        }
    }

    private final long grace;
    private final OnlineUsers online;
    private final Map<String, User> users = new HashMap<>();
    private final IdentityHashMap<Object, String> ids = new IdentityHashMap<>();

    /** When users without a socket leave, the earliest first: the grace time is the same for all. */
    private final LinkedHashMap<String, Long> leaving = new LinkedHashMap<>();

    LocalUsers(long grace, OnlineUsers online) {
        this.grace = grace;
        this.online = online;
    }

    /** Whether a socket has joined and not left. */
    boolean has(Object socket) {
        return ids.containsKey(socket);
    }

    int sockets() {
        return ids.size();
    }

    /** The user of a socket; {@code null} if it has not joined. */
    @Nullable
    String userOf(Object socket) {
        return ids.get(socket);
    }

    /**
     * A socket joins.
     *
     * @param since the current time, used if the user is not online on any server
     * @param change changes the metadata; {@code null} to keep it
     */
    void join(Replica replica, long now, Object socket, String id, long since, @Nullable Change change) {
        String before = ids.get(socket);
        if (before != null && !before.equals(id)) {
            leave(replica, now, socket, false);
        }
        User user = users.get(id);
        if (user == null) {
            PresenceUser elsewhere = online.users().get(id);
            user = new User(elsewhere == null ? since : elsewhere.since().toEpochMilli());
            adopt(user, online.newest(id));
            users.put(id, user);
        }
        user.sockets.add(socket);
        ids.put(socket, id);
        leaving.remove(id);
        if (change != null) {
            apply(id, user, change);
        }
        replica.set(id, user.entry().text(), now);
    }

    /** New metadata, and the time of the change. */
    record Change(@Nullable String metadata, long time) {}

    private void apply(String id, User user, Change change) {
        UserEntry newest = online.newest(id);
        user.stamp = Math.max(change.time, Math.max(user.stamp, newest == null ? 0 : newest.stamp()) + 1);
        user.metadata = change.metadata;
    }

    /** Changes the metadata of a user; returns false if the user is not on this server. */
    boolean update(Replica replica, long now, String id, Change change) {
        User user = users.get(id);
        if (user == null) {
            return false;
        }
        apply(id, user, change);
        replica.set(id, user.entry().text(), now);
        return true;
    }

    /** Another server has newer metadata of a user. It is stored here too, so that it is kept if the user leaves the other server. */
    void changedElsewhere(Replica replica, long now, String id, UserEntry entry) {
        User user = users.get(id);
        if (user != null && entry.newerThan(user.entry())) {
            adopt(user, entry);
            replica.set(id, user.entry().text(), now);
        }
    }

    private static void adopt(User user, @Nullable UserEntry from) {
        if (from != null) {
            user.stamp = from.stamp();
            user.metadata = from.metadata();
        }
    }

    /**
     * A socket leaves.
     *
     * @param withGrace whether the user stays online for the grace time if this was the last socket on this server
     * @return whether it had joined
     */
    boolean leave(Replica replica, long now, Object socket, boolean withGrace) {
        String id = ids.remove(socket);
        User user = id == null ? null : users.get(id);
        if (id == null || user == null) {
            return false;
        }
        user.sockets.remove(socket);
        if (user.sockets.isEmpty()) {
            if (!withGrace || grace == 0) {
                users.remove(id);
                replica.set(id, null, now);
                return true;
            }
            leaving.put(id, now + grace);
        }
        replica.set(id, user.entry().text(), now);
        return true;
    }

    /** The end of the earliest grace time. */
    long next() {
        return leaving.isEmpty() ? Replica.NEVER : leaving.values().iterator().next();
    }

    /** Removes users whose grace time is over. */
    void run(Replica replica, long now) {
        Set<String> gone = new HashSet<>();
        for (Iterator<Map.Entry<String, Long>> all = leaving.entrySet().iterator(); all.hasNext(); ) {
            Map.Entry<String, Long> first = all.next();
            if (first.getValue() > now) {
                break;
            }
            all.remove();
            gone.add(first.getKey());
        }
        for (String id : gone) {
            users.remove(id);
            replica.set(id, null, now);
        }
    }

    void clear() {
        users.clear();
        ids.clear();
        leaving.clear();
    }
}
