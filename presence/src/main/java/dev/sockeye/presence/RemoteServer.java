package dev.sockeye.presence;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The copy of another server's entries. Used under the lock of {@link Replication}. */
final class RemoteServer {
    private final String id;
    private final EntryListener listener;
    private final Map<String, String> entries = new HashMap<>();

    /** The entries that existed before the copy is read again and were not received since; {@code null} if it is not being read again. */
    private @Nullable Set<String> unconfirmed;

    private long known;
    private boolean incomplete;

    /** When the last message of this server was received. */
    long heard;

    /** When its entries must be removed because it has said goodbye; 0 for never. */
    long leavesAt;

    /** When missing changes were last requested; {@code null} if they were not. */
    @Nullable
    Long askedAt;

    RemoteServer(String id, EntryListener listener) {
        this.id = id;
        this.listener = listener;
    }

    /** The number of the last change in this copy. */
    long known() {
        return known;
    }

    int size() {
        return entries.size();
    }

    /**
     * Applies changes.
     *
     * @param room how many more entries may be added
     * @return whether no earlier changes are missing
     */
    boolean apply(OwnEntries.Part part, int room) {
        if (known > 0 && known < part.floor()) {
            startResynchronization();
        }
        if (part.from() > known) {
            return false;
        }
        if (part.to() <= known) {
            return true;
        }
        int limit = entries.size() + room;
        List<@Nullable String> pairs = part.pairs();
        for (int i = 0; i + 1 < pairs.size(); i += 2) {
            String key = pairs.get(i);
            if (key != null) {
                put(key, pairs.get(i + 1), limit);
            }
        }
        known = part.to();
        return true;
    }

    private void put(String key, @Nullable String value, int limit) {
        if (unconfirmed != null) {
            unconfirmed.remove(key);
        }
        if (value != null && entries.size() >= limit && !entries.containsKey(key)) {
            incomplete = true;
            return;
        }
        String before = value == null ? entries.remove(key) : entries.put(key, value);
        listener.changed(id, key, before, value);
    }

    /**
     * Records the number of the server's last change.
     *
     * @param hasRoom whether entries that were omitted because of the limit could be stored now
     * @return whether this copy is complete
     */
    boolean upTo(long last, long floor, boolean hasRoom) {
        if ((known > 0 && known < floor) || (incomplete && hasRoom)) {
            startResynchronization();
        }
        if (known < last) {
            return false;
        }
        if (unconfirmed != null) {
            Set<String> gone = unconfirmed;
            unconfirmed = null;
            gone.forEach(key -> put(key, null, 0));
        }
        return true;
    }

    /** Keeps the current entries until all entries were received again, so that users do not appear to leave and return. */
    private void startResynchronization() {
        known = 0;
        incomplete = false;
        unconfirmed = new HashSet<>(entries.keySet());
    }

    /** Whether entries were omitted because of the limit. */
    boolean incomplete() {
        return incomplete;
    }

    /** The server is gone: removes its entries. */
    void clear() {
        Map<String, String> gone = new HashMap<>(entries);
        entries.clear();
        gone.forEach((key, value) -> listener.changed(id, key, value, null));
    }
}
