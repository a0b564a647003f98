package dev.sockeye.socketio.client;

import dev.sockeye.socketio.protocol.SocketPacket;
import java.util.ArrayDeque;
import java.util.function.ObjIntConsumer;

/**
 * Events that come before the server's CONNECT: those that were missed, at a recovery. They wait for it, so that an event is not
 * handled before the socket is connected, as long as they are few. If they are more than the mailbox takes, CONNECT is behind
 * what may be read, and waiting for it would never end: then all are handed over in order, and a full mailbox stops the reading
 * as always. None is dropped. Used on the loop only.
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

    /** The connection is gone; the server still has what was not handed over. */
    void clear() {
        events.clear();
        bytes = 0;
        passing = false;
    }
}
