package dev.sockeye.socketio.client;

import dev.sockeye.socketio.Registration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The listeners of one event, in the order of their calls. The same listener may be added several times. Any thread.
 *
 * @param <L> the type of the listeners
 */
final class ListenerList<L> {
    /** One registration. Two are never equal. */
    final class Entry implements Registration {
        final L listener;
        private final boolean once;
        private final AtomicBoolean used = new AtomicBoolean();

        Entry(L listener, boolean once) {
            this.listener = listener;
            this.once = once;
        }

        /** Whether the listener is to be called now; one that is called once is removed. */
        boolean take() {
            if (!once) {
                return true;
            }
            close();
            return used.compareAndSet(false, true);
        }

        boolean isRegistered() {
            return entries.contains(this);
        }

        @Override
        public void close() {
            entries.remove(this);
        }
    }

    private final List<Entry> entries = new CopyOnWriteArrayList<>();

    Registration add(L listener) {
        return add(listener, false);
    }

    Registration add(L listener, boolean once) {
        Entry entry = new Entry(listener, once);
        entries.add(entry);
        return entry;
    }

    Registration prepend(L listener) {
        Entry entry = new Entry(listener, false);
        entries.add(0, entry);
        return entry;
    }

    /** Removes the first registration of a listener. */
    void remove(L listener) {
        for (Entry entry : entries) {
            if (entry.listener == listener) {
                entry.close();
                return;
            }
        }
    }

    void clear() {
        entries.clear();
    }

    boolean isEmpty() {
        return entries.isEmpty();
    }

    /** The registrations; an iterator is a snapshot. */
    List<Entry> entries() {
        return entries;
    }

    /** The listeners, a snapshot. */
    List<L> listeners() {
        List<L> all = new ArrayList<>();
        for (Entry entry : entries) {
            all.add(entry.listener);
        }
        return List.copyOf(all);
    }
}
