package dev.sockeye.presence;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The users of all servers, and the changes that the listeners have not received yet. Changed under the lock of {@link
 * Replication}; {@link #users()} and {@link #count()} may be called from any thread.
 */
final class OnlineUsers {
    private record At(String server, UserEntry entry) {}

    private final Metadata metadata;
    private final Map<String, List<At>> entries = new HashMap<>();
    private final ConcurrentSkipListMap<String, PresenceUser> users = new ConcurrentSkipListMap<>();

    /** Changed users, with the state that the listeners last received: one entry for each user, however slow the listeners are. */
    private final LinkedHashMap<String, Optional<PresenceUser>> untold = new LinkedHashMap<>();

    private final AtomicInteger count = new AtomicInteger();

    OnlineUsers(Metadata metadata) {
        this.metadata = metadata;
    }

    /** The users by id; safe to read without the lock. */
    NavigableMap<String, PresenceUser> users() {
        return users;
    }

    int count() {
        return count.get();
    }

    /** A user's entry on one server has changed; {@code null} if it was removed. */
    void changed(String server, String id, @Nullable UserEntry now) {
        List<At> all = entries.computeIfAbsent(id, key -> new ArrayList<>(1));
        all.removeIf(at -> at.server.equals(server));
        if (now != null) {
            all.add(new At(server, now));
        }
        PresenceUser before = users.get(id);
        PresenceUser user = merge(id, all);
        if (user == null) {
            entries.remove(id);
            users.remove(id);
        } else {
            users.put(id, user);
        }
        count.addAndGet((user == null ? 0 : 1) - (before == null ? 0 : 1));
        if (before == null || user == null || !before.sameMetadata(user)) {
            untold.putIfAbsent(id, Optional.ofNullable(before));
        }
    }

    private @Nullable PresenceUser merge(String id, List<At> all) {
        if (all.isEmpty()) {
            return null;
        }
        UserEntry newest = newest(all);
        int sockets = 0;
        long since = Long.MAX_VALUE;
        for (At at : all) {
            sockets += at.entry.sockets();
            since = Math.min(since, at.entry.since());
        }
        return new PresenceUser(
                id, Instant.ofEpochMilli(since), sockets, newest == null ? null : newest.metadata(), metadata);
    }

    private static @Nullable UserEntry newest(List<At> all) {
        UserEntry newest = null;
        for (At at : all) {
            if (at.entry.newerThan(newest)) {
                newest = at.entry;
            }
        }
        return newest;
    }

    /** The entry with the newest metadata; {@code null} if the user is offline. */
    @Nullable
    UserEntry newest(String id) {
        List<At> all = entries.get(id);
        return all == null ? null : newest(all);
    }

    /** Whether there are changes that the listeners have not received. */
    boolean hasPendingChanges() {
        return !untold.isEmpty();
    }

    /** The next change for the listeners; {@code null} if there is none. */
    @Nullable
    PresenceChange nextChange() {
        while (!untold.isEmpty()) {
            Map.Entry<String, Optional<PresenceUser>> first =
                    untold.entrySet().iterator().next();
            untold.remove(first.getKey());
            PresenceUser before = first.getValue().orElse(null);
            PresenceUser now = users.get(first.getKey());
            if (before == null && now != null) {
                return new PresenceChange(PresenceChange.Kind.ONLINE, now);
            } else if (before != null && now == null) {
                return new PresenceChange(PresenceChange.Kind.OFFLINE, before);
            } else if (before != null && now != null && !before.sameMetadata(now)) {
                return new PresenceChange(PresenceChange.Kind.UPDATED, now);
            }
        }
        return null;
    }
}
