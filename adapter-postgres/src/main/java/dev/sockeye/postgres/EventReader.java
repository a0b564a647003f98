package dev.sockeye.postgres;

import dev.sockeye.socketio.adapter.cluster.ClusterCodec;
import dev.sockeye.socketio.adapter.cluster.ClusterMessage;
import dev.sockeye.socketio.protocol.DecodeException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Reads the events table for all namespaces, starting after the last event at startup. After a lost connection it continues at
 * its previous position. Runs on the thread of the {@link Listener}.
 */
final class EventReader {
    private static final Logger LOG = System.getLogger(PostgresDurableAdapter.class.getName());

    /** The maximum time between two reads without a wake-up. */
    private static final long LONGEST = TimeUnit.SECONDS.toNanos(1);

    private final Link link;
    private final EventAppender appender;
    private final Map<String, DurableTransport> namespaces = new ConcurrentHashMap<>();
    private volatile long last = -1;

    // accessed only by the thread
    private long lastRead;

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
        } else if (extent.last() < last) {
            LOG.log(
                    Level.WARNING,
                    PostgresLog.EVENTS_LOST.text("PostgreSQL has lost events that were read before, the last of them "
                            + last + "; reading continues from " + extent.last()));
            last = extent.last();
        }
        lastRead = 0;
        appender.readAgain();
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
                deliver(row);
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
