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

    /** What was there before the copy is read anew, and has not come again; {@code null} when it is not. */
    private @Nullable Set<String> unconfirmed;

    private long known;
    private boolean incomplete;

    /** When a message of it came last. */
    long heard;

    /** When its entries are to be removed because it has said goodbye; 0 for never. */
    long leavesAt;

    /** When it was last asked for what is missing; {@code null} when it was not. */
    @Nullable
    Long askedAt;

    RemoteServer(String id, EntryListener listener) {
        this.id = id;
        this.listener = listener;
    }

    /** The number of the last change that this copy has. */
    long known() {
        return known;
    }

    int size() {
        return entries.size();
    }

    /**
     * Applies changes.
     *
     * @param room how many more entries there may be
     * @return whether nothing is missing before them
     */
    boolean apply(OwnEntries.Part part, int room) {
        if (known > 0 && known < part.floor()) {
            readAnew();
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
     * Takes note of how far the server is.
     *
     * @param hasRoom whether entries that were left out for lack of room could be kept now
     * @return whether this copy is complete
     */
    boolean upTo(long last, long floor, boolean hasRoom) {
        if ((known > 0 && known < floor) || (incomplete && hasRoom)) {
            readAnew();
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

    /** Keeps what is there until the whole has come again, so that nobody seems to leave and come back. */
    private void readAnew() {
        known = 0;
        incomplete = false;
        unconfirmed = new HashSet<>(entries.keySet());
    }

    /** Whether entries were left out for lack of room. */
    boolean incomplete() {
        return incomplete;
    }

    /** The server is gone, and its entries with it. */
    void clear() {
        Map<String, String> gone = new HashMap<>(entries);
        entries.clear();
        gone.forEach((key, value) -> listener.changed(id, key, value, null));
    }
}
