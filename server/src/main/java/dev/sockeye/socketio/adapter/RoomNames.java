package dev.sockeye.socketio.adapter;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The rooms of one socket, stored in an array while there are only a few. */
final class RoomNames {
    private static final int FEW = 16;

    @GuardedBy("this")
    private @Nullable String[] names = new @Nullable String[2];

    @GuardedBy("this")
    private int size;

    @GuardedBy("this")
    private boolean closed;

    /** The index of each name in the array; only used if there are many. */
    @GuardedBy("this")
    private @Nullable Map<String, Integer> index;

    synchronized boolean add(String name) {
        if (indexOf(name) >= 0) {
            return false;
        }
        if (size == names.length) {
            names = Arrays.copyOf(names, size * 2);
        }
        names[size] = name;
        if (index != null) {
            index.put(name, size);
        }
        size++;
        if (index == null && size > FEW) {
            Map<String, Integer> built = new HashMap<>();
            for (int i = 0; i < size; i++) {
                String at = names[i];
                if (at != null) {
                    built.put(at, i);
                }
            }
            index = built;
        }
        return true;
    }

    synchronized boolean remove(String name) {
        int at = indexOf(name);
        if (at < 0) {
            return false;
        }
        size--;
        String last = names[size];
        names[at] = last;
        names[size] = null;
        if (index != null && last != null) {
            index.put(last, at);
            index.remove(name);
        }
        return true;
    }

    /**
     * Marks it as closed: it is no longer in the adapter's map. The caller holds its lock, as for {@link #closed()}.
     */
    synchronized void close() {
        closed = true;
    }

    synchronized boolean closed() {
        return closed;
    }

    synchronized int size() {
        return size;
    }

    synchronized Set<String> snapshot() {
        Set<String> set = new LinkedHashSet<>();
        for (int i = 0; i < size; i++) {
            String name = names[i];
            if (name != null) {
                set.add(name);
            }
        }
        return set;
    }

    @GuardedBy("this")
    private int indexOf(String name) {
        if (index != null) {
            return index.getOrDefault(name, -1);
        }
        for (int i = 0; i < size; i++) {
            if (name.equals(names[i])) {
                return i;
            }
        }
        return -1;
    }
}
