package dev.sockeye.socketio.client;

import dev.sockeye.socketio.protocol.SocketPacket;
import java.util.ArrayDeque;
import java.util.function.ObjIntConsumer;

/**
 * Events that arrive before the server's CONNECT; with a recovery, these are the missed events. They are held until CONNECT, so that no
 * event is handled before the socket is connected. If more arrive than the mailbox accepts, all are passed on in order, because
 * reading would stop before CONNECT and never resume otherwise. No event is dropped. Used on the loop only.
 */
final class HeldEvents {
    private record Held(SocketPacket.Event event, int size) {}

    private final int capacity;
    private final long maxBytes;
    private final ObjIntConsumer<SocketPacket.Event> next;
    private final ArrayDeque<Held> events = new ArrayDeque<>();
    private long bytes;
    private boolean passing;

    /** @param next takes an event and its size */
    HeldEvents(int capacity, long maxBytes, ObjIntConsumer<SocketPacket.Event> next) {
        this.capacity = capacity;
        this.maxBytes = maxBytes;
        this.next = next;
    }

    void add(SocketPacket.Event event, int size) {
        if (passing) {
            next.accept(event, size);
            return;
        }
        events.add(new Held(event, size));
        bytes += size;
        if (events.size() > capacity || bytes > maxBytes) {
            passing = true;
            pass();
        }
    }

    private void pass() {
        while (!events.isEmpty()) {
            Held held = events.remove();
            bytes -= held.size();
            next.accept(held.event(), held.size());
        }
    }

    /** The socket is connected. */
    void connected() {
        pass();
        passing = false;
    }

    /** The connection was lost; the server still has the events that were not passed on. */
    void clear() {
        events.clear();
        bytes = 0;
        passing = false;
    }
}
