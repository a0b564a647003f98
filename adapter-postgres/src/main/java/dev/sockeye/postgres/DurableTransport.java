package dev.sockeye.postgres;

import dev.sockeye.socketio.adapter.LocalSocket;
import dev.sockeye.socketio.adapter.Session;
import dev.sockeye.socketio.adapter.cluster.ClusterCodec;
import dev.sockeye.socketio.adapter.cluster.ClusterMessage;
import dev.sockeye.socketio.protocol.DecodeException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Broadcasts and room changes are rows of the events table; requests and responses are notifications.
 *
 * <p>With connection state recovery, this server applies its own events when it reads them back from the table. Each client
 * thus receives all events in the order of their positions, and its last offset identifies exactly what it has received.
 */
final class DurableTransport extends NotifyTransport {
    private static final int MOST_PAGES = 200;

    private final TakeOvers takeOvers;
    private volatile @Nullable EventSessions sessions;

    DurableTransport(Link link, String namespace) {
        super(link, namespace, null); // events are read later, and missing answers are reported
        takeOvers = new TakeOvers(link, this::notify);
    }

    @Override
    public CompletableFuture<Void> start(Receiver given) {
        CompletableFuture<Void> started = super.start(given);
        if (given.namespace().recovery() != null) {
            sessions = new EventSessions(link, given.uid(), this::taken);
        }
        EventReader reader = reader();
        if (reader != null) {
            reader.add(name(), this);
        }
        return started;
    }

    private @Nullable EventReader reader() {
        Link.Running now = running();
        return now == null ? null : now.listener().events();
    }

    @Override
    public CompletableFuture<Void> close() {
        EventReader reader = reader();
        Link.Running ended = running();
        CompletableFuture<Void> done = super.close();
        if (reader == null || ended == null) {
            return done;
        }
        return done.whenComplete((closed, error) -> reader.remove(name(), this));
    }

    @Override
    public void publish(ClusterMessage message, Consumer<@Nullable String> local) {
        Link.Running now = running();
        EventAppender appender = now == null ? null : now.appender();
        if (appender == null || !isKept(message)) {
            super.publish(message, local);
            return;
        }
        appender.add(
                message.namespace(),
                ClusterCodec.encode(message),
                receiver().namespace().recovery() != null,
                local);
    }

    private static boolean isKept(ClusterMessage message) {
        return (message instanceof ClusterMessage.Broadcast && message.requestId() == null)
                || message instanceof ClusterMessage.SocketsJoin
                || message instanceof ClusterMessage.SocketsLeave
                || message instanceof ClusterMessage.DisconnectSockets;
    }

    @Override
    void onMessage(@Nullable ClusterMessage message) {
        if (message instanceof ClusterMessage.DisconnectSockets taken
                && !taken.uid().equals(ClusterMessage.EMITTER)) {
            taken.to().rooms().forEach(this::sessionChanged); // other disconnections are rows; it may be late
        } else if (message != null && !takeOvers.isAnswer(message)) {
            super.onMessage(message);
        }
    }

    @Override
    public void followSession(String sid, Supplier<Session> session, Duration maxDisconnectionDuration) {
        EventSessions kept = sessions;
        if (kept != null) {
            kept.follow(sid, session, maxDisconnectionDuration);
        }
    }

    @Override
    public void sessionChanged(String sid) {
        EventSessions kept = sessions;
        if (kept != null) {
            kept.changed(sid);
        }
    }

    @Override
    public void forgetSession(String sid, String pid) {
        EventSessions kept = sessions;
        if (kept != null) {
            kept.forget(sid, pid);
        }
    }

    @Override
    public void persistSession(Session session, Duration maxDisconnectionDuration) {
        EventSessions kept = sessions;
        if (kept != null) {
            kept.persist(session, maxDisconnectionDuration);
        }
    }

    /** Another server has taken over the client of this socket; its session here is discarded. */
    private void taken(String sid) {
        LocalSocket socket = receiver().namespace().socket(sid);
        if (socket != null) {
            socket.moved();
        }
    }

    @Override
    public CompletableFuture<@Nullable Session> takeSession(String pid) {
        return takeSession(pid, "");
    }

    @Override
    public CompletableFuture<@Nullable Session> takeSession(String pid, String deadTaker) {
        EventSessions kept = sessions;
        if (kept == null) {
            return CompletableFuture.completedFuture(null);
        }
        return kept.take(pid, deadTaker).thenCompose(found -> {
            if (found == null) {
                return CompletableFuture.<@Nullable Session>completedFuture(null);
            }
            Session session = found.session();
            if (!found.heldByAnotherThan(receiver().uid())) {
                return CompletableFuture.<@Nullable Session>completedFuture(session);
            }
            return takeOvers
                    .takeOver(receiver().uid(), name(), found.holder(), session.sid())
                    .thenApply(gone -> {
                        if (!gone) {
                            kept.drop(session);
                        }
                        return gone ? session : null;
                    });
        });
    }

    @Override
    public CompletableFuture<Boolean> keepSession(Session session) {
        EventSessions kept = sessions;
        return kept == null ? CompletableFuture.completedFuture(false) : kept.keep(session.pid());
    }

    @Override
    public void dropSession(Session session) {
        EventSessions kept = sessions;
        if (kept != null) {
            kept.drop(session);
        }
    }

    @Override
    public CompletableFuture<Boolean> readAfter(
            String offset, String until, BiConsumer<String, ClusterMessage> reader) {
        long from = Long.parseLong(offset);
        long end = Long.parseLong(until);
        EventReader live = reader();
        if (live != null && live.wasLost(from)) {
            return CompletableFuture.completedFuture(false); // another event may have this position now
        }
        return link.work(connection -> read(connection, from, end, reader));
    }

    boolean read(Connection connection, long from, long until, BiConsumer<String, ClusterMessage> reader)
            throws SQLException {
        long last = from - 1;
        for (int number = 0; number < MOST_PAGES; number++) {
            EventStore.Page page = EventStore.read(connection, link.options(), last);
            List<EventStore.Row> rows = page.rows();
            if (number == 0 && (rows.isEmpty() || rows.get(0).position() != from)) {
                return false; // deleted, or lost: a position can be used again after a failover
            }
            for (EventStore.Row row : rows) {
                last = row.position();
                if (last > from && row.namespace().equals(name())) {
                    hand(row, reader);
                }
            }
            if (!page.more() || last >= until) {
                // events that were deleted meanwhile may not have been read
                return from >= EventStore.extent(connection, link.options()).first();
            }
        }
        return false;
    }

    private void hand(EventStore.Row row, BiConsumer<String, ClusterMessage> reader) {
        try {
            ClusterMessage message = ClusterCodec.decode(row.payload());
            if (message != null) {
                reader.accept(Long.toString(row.position()), message);
            }
        } catch (DecodeException e) {
            link.countRefused("event " + row.position() + ": " + e.getMessage());
        }
    }

    @Override
    public boolean isOffset(String text) {
        return text.matches("\\d{1,18}");
    }

    @Override
    public int compareOffsets(String one, String other) {
        return Long.compare(Long.parseLong(one), Long.parseLong(other));
    }

    /** Everything up to this position was delivered, so a namespace without events advances too. */
    @Override
    public @Nullable String startOffset() {
        EventReader reader = reader();
        return reader == null || reader.last() < 0 ? null : Long.toString(reader.last());
    }
}
