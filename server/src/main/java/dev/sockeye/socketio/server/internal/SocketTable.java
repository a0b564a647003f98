package dev.sockeye.socketio.server.internal;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.AbstractCollection;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Spliterator;
import java.util.Spliterators;
import org.jspecify.annotations.Nullable;

/**
 * The sockets of a namespace in the order in which they connected. Sockets that were created together tend to be neighbours in memory, so
 * that a broadcast in this order has fewer cache misses than one in the order of a hash.
 *
 * <p>Changes take a lock. Iterators take none, never fail, and may miss or show concurrent changes.
 */
final class SocketTable extends AbstractCollection<SocketCore> {
    private static final int SMALLEST = 8;

    /** Replaced when full or mostly empty; iterators continue on the old one. */
    private volatile Places places = new Places(SMALLEST);

    @GuardedBy("this")
    private int size;

    private static final class Places {
        final @Nullable SocketCore[] sockets;
        /** The number of places used, including those emptied since; a place is never reused. Written after the socket. */
        volatile int used;

        Places(int length) {
            sockets = new SocketCore[length];
        }

        void append(SocketCore socket) {
            int place = used;
            socket.place = place;
            sockets[place] = socket;
            used = place + 1;
        }
    }

    @Override
    public synchronized boolean add(SocketCore socket) {
        if (places.used == places.sockets.length) {
            repack();
        }
        places.append(socket);
        size++;
        return true;
    }

    /** Removes a socket, if present. */
    synchronized void remove(SocketCore socket) {
        Places now = places;
        int place = socket.place;
        if (place < now.used && now.sockets[place] == socket) {
            now.sockets[place] = null;
            size--;
            if (now.sockets.length > SMALLEST && size < now.sockets.length / 4) {
                repack();
            }
        }
    }

    @GuardedBy("this")
    private void repack() {
        Places next = new Places(Math.max(SMALLEST, size * 2));
        for (SocketCore socket : this) {
            next.append(socket);
        }
        places = next;
    }

    @Override
    public synchronized int size() {
        return size;
    }

    @Override
    public Iterator<SocketCore> iterator() {
        Places now = places;
        return new Walk(now.sockets, now.used);
    }

    @Override
    public Spliterator<SocketCore> spliterator() {
        return Spliterators.spliteratorUnknownSize(
                iterator(), Spliterator.CONCURRENT | Spliterator.DISTINCT | Spliterator.NONNULL | Spliterator.ORDERED);
    }

    private static final class Walk implements Iterator<SocketCore> {
        private final @Nullable SocketCore[] places;
        private final int end;
        private int at;
        private @Nullable SocketCore next;

        Walk(@Nullable SocketCore[] places, int end) {
            this.places = places;
            this.end = end;
            advance();
        }

        private void advance() {
            next = null;
            while (next == null && at < end) {
                next = places[at++];
            }
        }

        @Override
        public boolean hasNext() {
            return next != null;
        }

        @Override
        public SocketCore next() {
            SocketCore socket = next;
            if (socket == null) {
                throw new NoSuchElementException();
            }
            advance();
            return socket;
        }
    }
}
