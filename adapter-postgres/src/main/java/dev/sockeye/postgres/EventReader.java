package dev.sockeye.postgres;

import dev.sockeye.socketio.adapter.cluster.ClusterCodec;
import dev.sockeye.socketio.adapter.cluster.ClusterMessage;
import dev.sockeye.socketio.protocol.DecodeException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Reads the events table for all namespaces, starting after the last event at startup. After a lost connection it continues at
 * its previous position. Runs on the thread of the {@link Listener}.
 */
final class EventReader {
    private static final Logger LOG = System.getLogger(PostgresDurableAdapter.class.getName());

    /** The maximum time between two reads without a wake-up. */
    private static final long LONGEST = TimeUnit.SECONDS.toNanos(1);

    /** How many events are remembered. */
    private static final int MOST_RECENT = 500;

    private final Link link;
    private final EventAppender appender;
    private final Map<String, DurableTransport> namespaces = new ConcurrentHashMap<>();
    private volatile long last = -1;

    private volatile @Nullable Lost lost;

    // accessed only by the thread
    private long lastRead;

    /** The last events that were read, by position: after a failover others may have their positions. */
    private final TreeMap<Long, EventStore.Identity> recent = new TreeMap<>();

    /** Events that were read and then lost: a sender that does not know that its event was added adds it again. */
    private final Set<EventStore.Identity> again = new HashSet<>();

    /** The positions of events that were read and then lost. */
    private record Lost(long from, long to) {}

    EventReader(Link link, EventAppender appender) {
        this.link = link;
        this.appender = appender;
    }

    void add(String name, DurableTransport namespace) {
        namespaces.put(name, namespace);
    }

    void remove(String name, DurableTransport namespace) {
        namespaces.remove(name, namespace);
    }

    /** The position of the last event that was delivered; negative before the first read. */
    long last() {
        return last;
    }

    /** Whether an event with this position was read, and lost by the database afterwards: another one may have its position now. */
    boolean wasLost(long position) {
        Lost range = lost;
        return range != null && position >= range.from && position <= range.to;
    }

    /** Starts reading on a new connection. */
    void begin(Connection connection) throws SQLException {
        PostgresOptions options = link.options();
        EventStore.Extent extent = EventStore.extent(connection, options);
        if (extent.last() == 0) {
            // an empty table has no offset, so insert a first event that belongs to no namespace
            EventAppender.Entry first = new EventAppender.Entry(0, "", new byte[0], offset -> {});
            EventStore.append(connection, options, appender.sender(), List.of(first));
            extent = EventStore.extent(connection, options);
        }
        if (last < 0) {
            last = extent.last();
            recent.putAll(EventStore.identities(connection, options, last, last));
        } else if (extent.first() <= last) { // otherwise all that was read is deleted
            compare(connection);
        }
        lastRead = 0;
        appender.readAgain();
    }

    /** After a failover to a replica that was behind, events that were read are lost, and their positions are used again. */
    private void compare(Connection connection) throws SQLException {
        long known = recent.isEmpty() ? last : recent.firstKey();
        var stored = EventStore.identities(connection, link.options(), known, last);
        // asked afterwards: those before it are deleted, perhaps since the statement before
        EventStore.Extent extent = EventStore.extent(connection, link.options());
        long oldest = Math.max(extent.first(), known);
        if (oldest > last) {
            return;
        }
        Set<Long> positions = new TreeSet<>(stored.keySet());
        positions.removeIf(position -> position < oldest);
        positions.addAll(recent.tailMap(oldest).keySet());
        long same = Math.min(oldest - 1, extent.last());
        for (long position : positions) {
            EventStore.Identity event = stored.get(position);
            if (event == null || !event.equals(recent.get(position))) {
                break;
            }
            same = position;
        }
        if (same == last) {
            return;
        }
        // the next comparison begins with it, also if all that are remembered are lost
        var left = EventStore.identities(connection, link.options(), same, same);
        LOG.log(
                Level.WARNING,
                PostgresLog.EVENTS_LOST.text("PostgreSQL has lost events that were read before, the last of them "
                        + last + "; reading continues from " + same));
        Lost before = lost;
        lost = new Lost(
                before == null ? same + 1 : Math.min(before.from, same + 1),
                before == null ? last : Math.max(before.to, last));
        SortedMap<Long, EventStore.Identity> gone = recent.tailMap(same + 1);
        again.clear();
        again.addAll(gone.values());
        gone.clear();
        recent.putAll(left);
        last = same;
    }

    /** The connection was lost. */
    void away() {
        appender.unread();
    }

    /** Reads new events, if there may be any. */
    void read(Connection connection, boolean woken) throws SQLException {
        long now = System.nanoTime();
        if (!woken && lastRead != 0 && now - lastRead < LONGEST) {
            return;
        }
        EventStore.Page page;
        do {
            page = EventStore.read(connection, link.options(), last);
            List<EventStore.Row> rows = page.rows();
            if (!rows.isEmpty() && rows.get(0).position() > last + 1) {
                checkDeleted(connection);
            }
            for (EventStore.Row row : rows) {
                if (isNew(row)) {
                    deliver(row);
                }
                last = row.position();
            }
        } while (page.more());
        lastRead = System.nanoTime();
        appender.readAgain();
    }

    /** The next position is missing: it was never used, or its event was deleted because this server has not read for too long. */
    private void checkDeleted(Connection connection) throws SQLException {
        if (EventStore.extent(connection, link.options()).first() > last + 1) {
            link.countLost(1);
            LOG.log(
                    Level.WARNING,
                    PostgresLog.EVENTS_DELETED.text("events after " + last
                            + " were deleted before they were read: this server was disconnected or suspended for"
                            + " longer than retention or maxEvents allow"));
        }
    }

    private boolean isNew(EventStore.Row row) {
        EventStore.Identity event = new EventStore.Identity(row.sender(), row.seq());
        recent.put(row.position(), event);
        if (recent.size() > MOST_RECENT) {
            recent.pollFirstEntry();
        }
        return !again.remove(event);
    }

    private void deliver(EventStore.Row row) {
        String offset = Long.toString(row.position());
        if (row.sender().equals(appender.sender()) && appender.returned(row.seq(), offset)) {
            return;
        }
        DurableTransport namespace = namespaces.get(row.namespace());
        if (namespace == null) {
            return;
        }
        try {
            ClusterMessage message = ClusterCodec.decode(row.payload());
            if (message != null) {
                namespace.receiver().onMessage(message, offset);
            }
        } catch (DecodeException e) {
            link.countRefused("event " + offset + ": " + e.getMessage());
        } catch (RuntimeException | Error e) { // an error of one event must not end the thread
            LOG.log(Level.WARNING, PostgresLog.EVENT_FAILED.text("an event failed"), e);
        }
    }
}
