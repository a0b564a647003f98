package dev.sockeye.socketio.adapter;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Calls the room listeners of an adapter. Events are queued while the lock of the changed room is held, and delivered
 * without the lock by one thread at a time. So they keep the order of the changes, and no lock is held while a listener
 * runs.
 */
final class RoomEvents {
    private static final Logger LOG = System.getLogger(RoomEvents.class.getName());

    /**
     * @param edge whether the room was created by this join or deleted by this leave
     */
    private record Event(boolean join, String room, String id, boolean edge) {}

    private final List<RoomListener> listeners = new CopyOnWriteArrayList<>();
    private final Queue<Event> queue = new ConcurrentLinkedQueue<>();

    /** The number of calls of {@link #deliver} since the delivering thread began; 0 if no thread is delivering. */
    private final AtomicInteger calls = new AtomicInteger();

    void add(RoomListener listener) {
        listeners.add(listener);
    }

    void remove(RoomListener listener) {
        listeners.remove(listener);
    }

    /** Whether there are listeners; if not, events need not be added. */
    boolean observed() {
        return !listeners.isEmpty();
    }

    /** A socket has joined. The caller holds the lock of the room. */
    void joined(String room, String id, boolean created) {
        queue.add(new Event(true, room, id, created));
    }

    /** A socket has left. The caller holds the lock of the room. */
    void left(String room, String id, boolean deleted) {
        queue.add(new Event(false, room, id, deleted));
    }

    /**
     * Calls the listeners for all queued events, unless another thread, or a caller on this thread, is already doing
     * so.
     */
    void deliver() {
        if (queue.isEmpty() || calls.getAndIncrement() > 0) {
            return;
        }
        int seen = 1;
        while (seen != 0) {
            for (Event event = queue.poll(); event != null; event = queue.poll()) {
                for (RoomListener listener : listeners) {
                    call(listener, event);
                }
            }
            seen = calls.addAndGet(-seen);
        }
    }

    private static void call(RoomListener listener, Event event) {
        try {
            if (event.join) {
                if (event.edge) {
                    listener.onCreateRoom(event.room);
                }
                listener.onJoinRoom(event.room, event.id);
            } else {
                listener.onLeaveRoom(event.room, event.id);
                if (event.edge) {
                    listener.onDeleteRoom(event.room);
                }
            }
        } catch (Throwable e) { // also an error: nobody would deliver the following events
            LOG.log(Level.WARNING, AdapterLog.ROOM_LISTENER_FAILED.text("a room listener failed"), e);
        }
    }
}
