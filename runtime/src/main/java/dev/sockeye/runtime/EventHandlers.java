package dev.sockeye.runtime;

import dev.sockeye.socketio.Ack;
import dev.sockeye.socketio.Answers;
import dev.sockeye.socketio.HandlerErrors;
import dev.sockeye.socketio.RawHandler;
import dev.sockeye.socketio.Registration;
import dev.sockeye.socketio.TypedHandler;
import dev.sockeye.socketio.protocol.Arguments;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The event handlers of a socket, in call order. Thread-safe. Stored in one small copy-on-write array: a socket without
 * handlers costs no memory, and calls take no lock.
 */
public final class EventHandlers {
    private static final Entry[] NONE = {};

    /** Written under the lock of this object, read by any thread. */
    private volatile Entry[] entries = NONE;

    /** One registration. Each listener of each socket is one, so it has no field more than it needs. */
    private class Entry implements Registration {
        final String event;
        final RawHandler handler;

        Entry(String event, RawHandler handler) {
            this.event = event;
            this.handler = handler;
        }

        boolean once() {
            return false;
        }

        Object original() {
            return handler instanceof TypedHandler typed ? typed.original() : handler;
        }

        @Override
        public void close() {
            removeFirst(entry -> entry == this);
        }
    }

    private final class OnceEntry extends Entry {
        OnceEntry(String event, RawHandler handler) {
            super(event, handler);
        }

        @Override
        boolean once() {
            return true;
        }
    }

    /**
     * Adds a handler.
     *
     * @param once whether to handle only the next event
     * @param first whether to call it before the existing handlers
     */
    public Registration add(String event, RawHandler handler, boolean once, boolean first) {
        Entry entry = once ? new OnceEntry(event, handler) : new Entry(event, handler);
        synchronized (this) {
            Entry[] before = entries;
            Entry[] more = new Entry[before.length + 1];
            System.arraycopy(before, 0, more, first ? 1 : 0, before.length);
            more[first ? 0 : before.length] = entry;
            entries = more;
        }
        return entry;
    }

    /** Removes all handlers of an event. */
    public synchronized void remove(String event) {
        List<Entry> kept = new ArrayList<>(List.of(entries));
        kept.removeIf(entry -> entry.event.equals(event));
        entries = kept.toArray(NONE);
    }

    /** Removes the first handler of an event that was added with this object, typed or not. */
    public void remove(String event, Object handler) {
        removeFirst(entry -> entry.event.equals(event) && (entry.handler == handler || entry.original() == handler));
    }

    /** Removes all. */
    public synchronized void clear() {
        entries = NONE;
    }

    /** Whether an event has a handler. */
    public boolean contains(String event) {
        for (Entry entry : entries) {
            if (entry.event.equals(event)) {
                return true;
            }
        }
        return false;
    }

    /** The event names, in the order of their first handlers. */
    public Set<String> names() {
        Set<String> names = new LinkedHashSet<>();
        for (Entry entry : entries) {
            names.add(entry.event);
        }
        return Collections.unmodifiableSet(names);
    }

    /** Whether an event has a handler. */
    public boolean has(String event) {
        for (Entry entry : entries) {
            if (entry.event.equals(event)) {
                return true;
            }
        }
        return false;
    }

    /** The handlers of an event, as the objects that were added. */
    public List<Object> of(String event) {
        List<Object> found = new ArrayList<>();
        for (Entry entry : entries) {
            if (entry.event.equals(event)) {
                found.add(entry.original());
            }
        }
        return Collections.unmodifiableList(found);
    }

    /**
     * Calls the handlers of an event. If one has thrown and none has answered, "internal error" is sent as the answer.
     *
     * @return whether there was a handler
     */
    public boolean call(String event, Arguments args, Ack ack, HandlerErrors errors) {
        boolean found = false;
        boolean failed = false;
        for (Entry entry : entries) {
            if (entry.event.equals(event) && !(entry.once() && !removeFirst(other -> other == entry))) {
                found = true;
                try {
                    if (entry.handler instanceof TypedHandler typed) {
                        typed.handle(args, ack, errors);
                    } else {
                        entry.handler.handle(args, ack);
                    }
                } catch (Throwable error) {
                    failed = true;
                    errors.failed(event, error);
                }
            }
        }
        if (failed) {
            ack.error(Answers.INTERNAL_ERROR); // does nothing if a handler has answered
        }
        return found;
    }

    private synchronized boolean removeFirst(Predicate<Entry> wanted) {
        Entry[] before = entries;
        for (int i = 0; i < before.length; i++) {
            if (wanted.test(before[i])) {
                Entry[] fewer = new Entry[before.length - 1];
                System.arraycopy(before, 0, fewer, 0, i);
                System.arraycopy(before, i + 1, fewer, i, fewer.length - i);
                entries = fewer;
                return true;
            }
        }
        return false;
    }
}
