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

/**
 * The event handlers of a socket, in call order. Thread-safe. Stored in one small copy-on-write array: a socket without
 * handlers costs no memory, and calls take no lock.
 */
public final class EventHandlers {
    private static final Object[] NONE = {};

    /**
     * Event names and handlers, alternately: each socket has such an array, so there is no object for a registration
     * unless it is needed to tell it from another one (see {@link Entry}). Written under the lock of this object, read by
     * any thread.
     */
    private volatile Object[] table = NONE;

    /** Whether a handler was ever removed. Used under the lock of this object. */
    private boolean removed;

    /**
     * In place of a handler that is called once, that has the same event as an equal one in the table, or that was added
     * after any was removed: a {@link Registration} of an earlier, equal handler must not remove it.
     */
    private static final class Entry {
        final RawHandler handler;
        final boolean once;

        Entry(RawHandler handler, boolean once) {
            this.handler = handler;
            this.once = once;
        }
    }

    private static final class Added implements Registration {
        private final EventHandlers handlers;
        private final String event;
        private final Object slot;

        Added(EventHandlers handlers, String event, Object slot) {
            this.handlers = handlers;
            this.event = event;
            this.slot = slot;
        }

        @Override
        public void close() {
            handlers.remove(event, slot, true);
        }
    }

    private static String event(Object[] table, int i) {
        return (String) table[i];
    }

    private static RawHandler handler(Object[] table, int i) {
        Object slot = table[i + 1];
        return slot instanceof Entry entry ? entry.handler : (RawHandler) slot;
    }

    private static Object original(RawHandler handler) {
        return handler instanceof TypedHandler typed ? typed.original() : handler;
    }

    /**
     * Adds a handler.
     *
     * @param once whether to handle only the next event
     * @param first whether to call it before the existing handlers
     */
    public Registration add(String event, RawHandler handler, boolean once, boolean first) {
        Object slot = handler;
        synchronized (this) {
            Object[] before = table;
            if (once || removed || index(before, event, handler) >= 0) {
                slot = new Entry(handler, once);
            }
            Object[] more = new Object[before.length + 2];
            System.arraycopy(before, 0, more, first ? 2 : 0, before.length);
            int at = first ? 0 : before.length;
            more[at] = event;
            more[at + 1] = slot;
            table = more;
        }
        return new Added(this, event, slot);
    }

    /** The position of what is stored for a handler of an event, or -1. */
    private static int index(Object[] table, String event, Object slot) {
        for (int i = 0; i < table.length; i += 2) {
            if (table[i + 1] == slot && event(table, i).equals(event)) {
                return i;
            }
        }
        return -1;
    }

    /** Removes all handlers of an event. */
    public synchronized void remove(String event) {
        Object[] before = table;
        List<Object> kept = new ArrayList<>();
        for (int i = 0; i < before.length; i += 2) {
            if (!event(before, i).equals(event)) {
                kept.add(before[i]);
                kept.add(before[i + 1]);
            }
        }
        removed |= kept.size() < before.length;
        table = kept.isEmpty() ? NONE : kept.toArray();
    }

    /** Removes the first handler of an event that was added with this object, typed or not. */
    public void remove(String event, Object handler) {
        remove(event, handler, false);
    }

    /** Removes all. */
    public synchronized void clear() {
        removed |= table.length > 0;
        table = NONE;
    }

    /** Whether an event has a handler. */
    public boolean has(String event) {
        Object[] now = table;
        for (int i = 0; i < now.length; i += 2) {
            if (event(now, i).equals(event)) {
                return true;
            }
        }
        return false;
    }

    /** The event names, in the order of their first handlers. */
    public Set<String> names() {
        Object[] now = table;
        Set<String> names = new LinkedHashSet<>();
        for (int i = 0; i < now.length; i += 2) {
            names.add(event(now, i));
        }
        return Collections.unmodifiableSet(names);
    }

    /** The handlers of an event, as the objects that were added. */
    public List<Object> of(String event) {
        Object[] now = table;
        List<Object> found = new ArrayList<>();
        for (int i = 0; i < now.length; i += 2) {
            if (event(now, i).equals(event)) {
                found.add(original(handler(now, i)));
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
        Object[] now = table;
        boolean found = false;
        boolean failed = false;
        for (int i = 0; i < now.length; i += 2) {
            if (event(now, i).equals(event) && takeIfOnce(event, now[i + 1])) {
                found = true;
                RawHandler handler = handler(now, i);
                try {
                    if (handler instanceof TypedHandler typed) {
                        typed.handle(args, ack, errors);
                    } else {
                        handler.handle(args, ack);
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

    /** Whether a handler may be called: removes one that is called once, and returns false if another call did. */
    private boolean takeIfOnce(String event, Object slot) {
        return !(slot instanceof Entry entry && entry.once) || remove(event, slot, true);
    }

    /**
     * Removes the first handler of an event that matches.
     *
     * @param exact whether {@code wanted} is what the table contains, and not the object that was added
     */
    private synchronized boolean remove(String event, Object wanted, boolean exact) {
        Object[] before = table;
        for (int i = 0; i < before.length; i += 2) {
            if (event(before, i).equals(event)
                    && (before[i + 1] == wanted
                            || (!exact && (handler(before, i) == wanted || original(handler(before, i)) == wanted)))) {
                Object[] fewer = new Object[before.length - 2];
                System.arraycopy(before, 0, fewer, 0, i);
                System.arraycopy(before, i + 2, fewer, i, fewer.length - i);
                table = fewer.length == 0 ? NONE : fewer;
                removed = true;
                return true;
            }
        }
        return false;
    }
}
