package dev.sockeye.socketio.adapter.cluster;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Sends the server-side events of a namespace in the order of the calls, though those that want answers first ask the broker how
 * many servers there are. Events behind such a one wait for it, up to a number.
 */
final class ServerSideOrder {
    private static final Logger LOG = System.getLogger(ServerSideOrder.class.getName());
    private static final int MOST = 10_000;

    /** The place of one event. */
    static final class Place {
        private @Nullable Runnable send;
    }

    @GuardedBy("this")
    private final ArrayDeque<Place> places = new ArrayDeque<>(4);

    @GuardedBy("this")
    private boolean sending;

    /**
     * The next place.
     *
     * @throws IllegalStateException too many wait already
     */
    synchronized Place take() {
        if (places.size() >= MOST) {
            throw new IllegalStateException("more than " + MOST + " server-side events wait for the broker");
        }
        Place place = new Place();
        places.add(place);
        return place;
    }

    /** Sends the event of a place, when those before it are sent. To be called for each place, once. */
    void send(Place place, Runnable send) {
        synchronized (this) {
            place.send = send;
        }
        for (Runnable next = next(); next != null; next = next()) {
            try {
                next.run();
            } catch (RuntimeException e) {
                LOG.log(Level.WARNING, "a server-side event was not sent", e);
            } finally {
                synchronized (this) {
                    sending = false;
                }
            }
        }
    }

    /** The event whose turn it is; {@code null} when it is not ready, or another thread is sending. */
    private synchronized @Nullable Runnable next() {
        Place first = places.peek();
        if (sending || first == null || first.send == null) {
            return null;
        }
        sending = true;
        places.remove();
        return first.send;
    }
}
