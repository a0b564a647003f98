package dev.sockeye.postgres;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.sockeye.socketio.adapter.Session;
import dev.sockeye.socketio.adapter.cluster.SessionBusyException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of the clients of one namespace, in the sessions table. They are stored while their clients are still connected,
 * so that clients can recover on another server if this one is killed or paused. A session names the server that holds it;
 * another server takes it over by storing its own name. A server that finds another name in a session has lost its client.
 *
 * <p>States of a session: clean, dirty (to be stored soon), over. While PostgreSQL is unavailable, dirty sessions are kept
 * here; their number is limited by the number of clients.
 */
final class EventSessions {
    private static final Logger LOG = System.getLogger(PostgresDurableAdapter.class.getName());
    private static final Duration SOON = Duration.ofMillis(20);
    private static final Duration RETRY = Duration.ofMillis(500);
    private static final Duration LONGEST = Duration.ofSeconds(4);
    private static final int BATCH = 200;

    private record Answer(SessionStore.@Nullable Kept kept) {}

    private static final class Followed {
        private final String sid;
        private final Supplier<Session> session;
        private final Duration keep;
        private volatile long written = System.nanoTime();
        private volatile boolean over;
        private volatile boolean forgotten; // permanently
        private volatile boolean repeated; // its last encoding has failed and was repeated

        Followed(String sid, Supplier<Session> session, Duration keep) {
            this.sid = sid;
            this.session = session;
            this.keep = keep;
        }
    }

    private final Link link;
    private final String uid;
    private final Consumer<String> taken;
    private final Duration refresh;
    private final SessionStore store;
    private final Map<String, Followed> all = new ConcurrentHashMap<>();
    private final Set<Followed> dirty = ConcurrentHashMap.newKeySet();

    /** Whether a write is scheduled or in progress. */
    @GuardedBy("this")
    private boolean flushing;

    @GuardedBy("this")
    private boolean ticking;

    /** @param taken receives the id of a socket whose client has moved to another server */
    EventSessions(Link link, String uid, Consumer<String> taken) {
        this.link = link;
        this.uid = uid;
        this.taken = taken;
        this.refresh = link.options().sessionRefresh();
        this.store = new SessionStore(link.options(), uid);
    }

    void follow(String sid, Supplier<Session> session, Duration keep) {
        Followed followed = new Followed(sid, session, keep);
        all.put(sid, followed);
        mark(followed);
        synchronized (this) {
            if (!ticking) {
                ticking = true;
                link.tick(refresh.dividedBy(4), this::tick);
            }
        }
    }

    void changed(String sid) {
        Followed followed = all.get(sid);
        if (followed != null) {
            mark(followed);
        }
    }

    private void mark(Followed followed) {
        if (dirty.add(followed)) {
            if (followed.over) {
                dirty.remove(followed);
            } else {
                flushLater(SOON);
            }
        }
    }

    private void flushLater(Duration delay) {
        synchronized (this) {
            if (flushing) {
                return;
            }
            flushing = true;
        }
        link.tick(delay, this::flush);
    }

    /** Sessions that were not stored for a long time are stored again: they would expire, and their data may have changed. */
    private void tick() {
        long now = System.nanoTime();
        for (Followed followed : all.values()) {
            if (now - followed.written > refresh.toNanos() * 3 / 4) {
                mark(followed);
            }
        }
        boolean more = !all.isEmpty();
        synchronized (this) {
            ticking = more;
        }
        if (more) {
            link.tick(refresh.dividedBy(4), this::tick);
        }
    }

    private void flush() {
        List<Followed> batch = new ArrayList<>();
        List<SessionStore.Written> rows = new ArrayList<>();
        List<Followed> again = new ArrayList<>();
        Iterator<Followed> waiting = dirty.iterator();
        while (waiting.hasNext() && batch.size() < BATCH) {
            Followed next = waiting.next();
            waiting.remove();
            if (next.over) {
                continue;
            }
            next.written = System.nanoTime();
            try {
                rows.add(SessionStore.written(next.session.get(), uid, next.keep.plus(refresh.multipliedBy(2))));
                batch.add(next);
                next.repeated = false;
            } catch (RuntimeException | Error e) {
                // its data is probably being modified: retry once soon, then with the periodic writes
                if (!next.repeated) {
                    next.repeated = true;
                    again.add(next);
                }
                LOG.log(Level.DEBUG, "the session of socket " + next.sid + " cannot be written", e);
            }
        }
        CompletableFuture<List<Boolean>> written = rows.isEmpty()
                ? CompletableFuture.completedFuture(List.of())
                : link.work(connection -> store.write(connection, rows));
        var unused = written.whenComplete((mine, error) -> {
            synchronized (this) {
                flushing = false;
            }
            for (int i = 0; i < batch.size(); i++) {
                after(batch.get(i), rows.get(i).pid(), error != null, mine != null && mine.get(i));
            }
            for (Followed next : again) {
                if (!next.over) {
                    dirty.add(next);
                }
            }
            if (!dirty.isEmpty()) {
                Duration soon = again.isEmpty() ? Duration.ZERO : SOON;
                flushLater(error == null ? soon : RETRY);
            }
        });
    }

    private void after(Followed followed, String pid, boolean failed, boolean mine) {
        if (followed.over) {
            if (followed.forgotten) {
                delete(pid); // the write came too late
            }
            return;
        }
        if (failed) {
            dirty.add(followed);
        } else if (!mine && all.remove(followed.sid, followed)) {
            LOG.log(Level.DEBUG, "the session " + pid + " is at another server");
            taken.accept(followed.sid);
        }
    }

    private @Nullable Followed end(String sid) {
        Followed followed = all.remove(sid);
        if (followed != null) {
            followed.over = true;
            dirty.remove(followed);
        }
        return followed;
    }

    /** The client has disconnected and may reconnect. While PostgreSQL is unavailable, the write is retried until the session expires. */
    void persist(Session session, Duration keep) {
        end(session.sid());
        persist(session, keep, System.nanoTime(), RETRY);
    }

    private void persist(Session session, Duration keep, long since, Duration pause) {
        Duration left = keep.minusNanos(System.nanoTime() - since);
        if (left.toMillis() <= 0) {
            return;
        }
        SessionStore.Written row;
        try {
            row = SessionStore.written(session, SessionStore.NOBODY, left);
        } catch (RuntimeException | Error e) { // its data belongs to the application, whose objects may throw anything
            LOG.log(
                    Level.WARNING,
                    PostgresLog.SESSION_NOT_WRITTEN.text(
                            "the session of socket " + session.sid() + " cannot be written"),
                    e);
            return;
        }
        var unused = link.work(connection -> store.write(connection, List.of(row)))
                .exceptionally(error -> {
                    link.tick(pause, () -> {
                        if (!all.containsKey(session.sid())) { // otherwise the client has reconnected to this server
                            persist(session, keep, since, pause.compareTo(LONGEST) < 0 ? pause.multipliedBy(2) : pause);
                        }
                    });
                    return List.of();
                });
    }

    /** The client has disconnected permanently. */
    void forget(String sid, String pid) {
        Followed followed = end(sid);
        if (followed != null) {
            followed.forgotten = true;
            delete(pid);
        }
    }

    /** A session that was taken over is not needed. */
    void drop(Session session) {
        delete(session.pid());
    }

    private void delete(String pid) {
        var unused = link.work(connection -> store.delete(connection, pid)).exceptionally(error -> false); // it expires
    }

    /** Confirms that this server is still taking over a session; completes with false if another server has it. */
    CompletableFuture<Boolean> keep(String pid) {
        return link.work(connection -> store.keep(connection, pid));
    }

    /**
     * Takes over a session; {@code null} if it does not exist.
     *
     * @param deadTaker the holder from which it is taken even while that server is taking it over; may be empty
     */
    CompletableFuture<SessionStore.@Nullable Kept> take(String pid, String deadTaker) {
        return link.work(connection -> {
                    SessionStore.Kept kept = store.take(connection, pid, deadTaker);
                    String taker = kept == null ? store.taker(connection, pid) : null;
                    if (taker != null) {
                        throw new SessionBusyException(taker);
                    }
                    return new Answer(kept);
                })
                .thenCompose(answer -> CompletableFuture.<SessionStore.@Nullable Kept>completedFuture(answer.kept));
    }
}
