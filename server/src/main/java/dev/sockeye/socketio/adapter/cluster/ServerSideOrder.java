package dev.sockeye.socketio.adapter.cluster;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Sends the server-side events of a namespace in call order. An event that expects answers first queries the broker for
 * the number of servers; later events wait for it, up to a maximum number.
 */
final class ServerSideOrder {
    private static final Logger LOG = System.getLogger(ServerSideOrder.class.getName());
    private static final int MOST = 10_000;

    /** The position of one event. */
    static final class Place {
        private @Nullable Runnable send;
    }

    @GuardedBy("this")
    private final ArrayDeque<Place> places = new ArrayDeque<>(4);

    @GuardedBy("this")
    private boolean sending;

    /**
     * Reserves the next position.
     *
     * @throws IllegalStateException if too many events are waiting
     */
    synchronized Place take() {
        if (places.size() >= MOST) {
            throw new IllegalStateException("more than " + MOST + " server-side events wait for the broker");
        }
        Place place = new Place();
        places.add(place);
        return place;
    }

    /**
     * Sends the event of a position once all earlier events have been sent. Must be called exactly once for each
     * position.
     */
    void send(Place place, Runnable send) {
        synchronized (this) {
            place.send = send;
        }
        for (Runnable next = next(); next != null; next = next()) {
            try {
                next.run();
            } catch (Throwable e) {
                LOG.log(
                        Level.WARNING,
                        ClusterLog.SERVER_SIDE_EVENT_NOT_SENT.text("a server-side event was not sent"),
                        e);
            } finally {
                synchronized (this) {
                    sending = false;
                }
            }
        }
    }

    /** The next event to send; {@code null} if it is not ready, or another thread is sending. */
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
