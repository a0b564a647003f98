package dev.sockeye.presence;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The entries of this server, each with the number of its last change. A removed entry is kept for some time without a value,
 * so that the other servers can be informed of the removal. Used under the lock of {@link Replication}.
 */
final class OwnEntries {
    /** The maximum number of removals that are kept. */
    private static final int MOST_REMOVALS = 10_000;

    private static final int CHUNK_ENTRIES = 500;
    private static final int CHUNK_CHARS = 64 * 1024;

    private record Entry(@Nullable String value, long number) {}

    private record Removal(String key, long number) {}

    private final Map<String, Entry> entries = new HashMap<>();
    private final TreeMap<Long, String> byNumber = new TreeMap<>();
    private final ArrayDeque<Removal> removals = new ArrayDeque<>();
    private int live;
    private long last;
    private long floor;

    /** Changes an entry; {@code null} removes it. */
    void set(String key, @Nullable String value) {
        Entry before = entries.get(key);
        if (before == null ? value == null : before.value != null && before.value.equals(value)) {
            return;
        }
        boolean wasLive = before != null && before.value != null;
        if (!wasLive && value == null) {
            return;
        }
        if (before != null) {
            byNumber.remove(before.number);
        }
        entries.put(key, new Entry(value, ++last));
        byNumber.put(last, key);
        live += (value == null ? 0 : 1) - (wasLive ? 1 : 0);
        if (value == null) {
            removals.add(new Removal(key, last));
            forgetOldRemovals();
        }
    }

    private void forgetOldRemovals() {
        while (removals.size() > MOST_REMOVALS) {
            Removal oldest = removals.remove();
            Entry entry = entries.get(oldest.key);
            if (entry != null && entry.number == oldest.number) {
                entries.remove(oldest.key);
                byNumber.remove(oldest.number);
                floor = oldest.number;
            }
        }
    }

    /** The number of the last change. */
    long last() {
        return last;
    }

    /** The last change that may be missing: a copy that is older must be read again completely. */
    long floor() {
        return floor;
    }

    /** The number of entries with a value. */
    int size() {
        return live;
    }

    /**
     * Passes the changes after a number to a consumer, in order and in parts of bounded size. Each part is a list of keys and
     * values with the number of its last change. An entry that has changed several times is included once, with its last value.
     *
     * @param most the maximum number of parts
     * @return the number of the last change that was passed
     */
    long changes(long after, int most, Consumer<Part> to) {
        long reached = after;
        for (int i = 0; i < most && reached < last; i++) {
            List<@Nullable String> pairs = new ArrayList<>();
            long from = reached;
            int chars = 0;
            for (Map.Entry<Long, String> next : byNumber.tailMap(reached, false).entrySet()) {
                String key = next.getValue();
                Entry entry = entries.get(key);
                String value = entry == null ? null : entry.value;
                pairs.add(key);
                pairs.add(value);
                chars += key.length() + (value == null ? 0 : value.length());
                reached = next.getKey();
                if (pairs.size() >= 2 * CHUNK_ENTRIES || chars >= CHUNK_CHARS) {
                    break;
                }
            }
            if (pairs.isEmpty()) {
                return last;
            }
            to.accept(new Part(from, reached, floor, pairs));
        }
        return reached;
    }

    /**
     * Some changes.
     *
     * @param from the number before the first change
     * @param to the number of the last change
     * @param floor see {@link OwnEntries#floor()}
     * @param pairs key, value, key, value; a removed entry has no value
     */
    record Part(long from, long to, long floor, List<@Nullable String> pairs) {}
}
