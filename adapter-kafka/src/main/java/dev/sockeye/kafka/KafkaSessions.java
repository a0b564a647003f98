package dev.sockeye.kafka;

import dev.sockeye.socketio.adapter.LocalSocket;
import dev.sockeye.socketio.adapter.Session;
import dev.sockeye.socketio.adapter.cluster.ClusterDocuments;
import dev.sockeye.socketio.adapter.cluster.SessionBusyException;
import dev.sockeye.socketio.protocol.DecodeException;
import dev.sockeye.socketio.protocol.Msgpack;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The sessions that one namespace of this server stores, and takes over from other servers.
 *
 * <p>States of a tracked session: clean, dirty (stored within 10 ms), over. Sessions of connected clients are stored when they
 * connect, after their rooms have changed, and periodically because their data may have changed. Clients can therefore recover
 * on another server if this one is killed.
 */
final class KafkaSessions {
    private static final Logger LOG = System.getLogger(KafkaAdapter.class.getName());
    private static final Duration SOON = Duration.ofMillis(10);
    private static final Duration PAUSE = Duration.ofMillis(500);
    private static final Duration ANSWER = Duration.ofSeconds(3);
    private static final Duration RELEASE = Duration.ofSeconds(1);
    private static final int MOST_LOOKS = 100;

    private static final class Followed {
        private final String sid;
        private final Supplier<Session> session;
        private final Duration keep;
        private volatile long written;
        private volatile boolean over;
        private volatile boolean repeated; // its last encoding has failed and was repeated
        private volatile @Nullable String pid;

        Followed(String sid, Supplier<Session> session, Duration keep) {
            this.sid = sid;
            this.session = session;
            this.keep = keep;
            this.written = System.nanoTime();
        }
    }

    /** An attempt to take over a session. */
    private record Attempt(CompletableFuture<@Nullable Session> taken, CompletableFuture<Void> released) {}

    private final KafkaLink link;
    private final String uid;
    private final KafkaTransport transport;
    private final Map<String, Followed> all = new ConcurrentHashMap<>(); // by socket id
    private final Map<String, String> sids = new ConcurrentHashMap<>(); // by secret session id
    private final Set<Followed> dirty = ConcurrentHashMap.newKeySet();
    private final Map<String, Attempt> attempts = new ConcurrentHashMap<>();
    private final AtomicBoolean flushing = new AtomicBoolean();
    private final AtomicBoolean ticking = new AtomicBoolean();

    KafkaSessions(KafkaLink link, String uid, KafkaTransport transport) {
        this.link = link;
        this.uid = uid;
        this.transport = transport;
    }

    void follow(String sid, Supplier<Session> session, Duration keep) {
        if (link.options().sessionRefresh().isZero()) {
            return;
        }
        Followed followed = new Followed(sid, session, keep);
        all.put(sid, followed);
        mark(followed, SOON);
        tickLater();
    }

    void changed(String sid) {
        Followed followed = all.get(sid);
        if (followed != null) {
            mark(followed, SOON);
        }
    }

    private void mark(Followed followed, Duration delay) {
        if (dirty.add(followed) && flushing.compareAndSet(false, true)) {
            link.later(delay, this::flush);
        }
    }

    private void flush() {
        flushing.set(false);
        List<Followed> again = new ArrayList<>();
        Iterator<Followed> waiting = dirty.iterator();
        while (waiting.hasNext()) {
            Followed next = waiting.next();
            waiting.remove();
            if (!next.over && !write(next, again)) {
                mark(next, PAUSE);
                break;
            }
        }
        again.forEach(next -> mark(next, SOON));
    }

    private boolean write(Followed followed, List<Followed> again) {
        followed.written = System.nanoTime();
        Session session;
        byte[] value;
        try {
            session = followed.session.get();
            value = encode(session);
            followed.repeated = false;
        } catch (RuntimeException | Error e) { // nobody would write the other sessions
            // its data is probably being changed: retry once soon, then with the periodic writes
            LOG.log(Level.DEBUG, "the session of socket " + followed.sid + " cannot be written", e);
            if (!followed.repeated) {
                followed.repeated = true;
                again.add(followed);
            }
            return true;
        }
        followed.pid = session.pid();
        sids.put(session.pid(), followed.sid);
        // a live session must not expire before it is stored again
        Duration keep = followed.keep.plus(link.options().sessionRefresh().multipliedBy(2));
        boolean written = store(session.pid(), value, keep, true);
        if (followed.over) {
            sids.remove(session.pid(), followed.sid);
        }
        return written;
    }

    private void tickLater() {
        if (ticking.compareAndSet(false, true)) {
            link.later(link.options().sessionRefresh().dividedBy(4), this::tick);
        }
    }

    /** Sessions that were not stored for a long time are stored again: they would expire, and their data may have changed. */
    private void tick() {
        ticking.set(false);
        long old = link.options().sessionRefresh().toNanos() * 3 / 4;
        for (Followed followed : all.values()) {
            if (System.nanoTime() - followed.written > old) {
                mark(followed, SOON);
            }
        }
        if (!all.isEmpty()) {
            tickLater();
        }
    }

    private @Nullable Followed end(String sid) {
        Followed followed = all.remove(sid);
        if (followed != null) {
            followed.over = true;
            dirty.remove(followed);
            String pid = followed.pid;
            if (pid != null) {
                sids.remove(pid, sid);
            }
        }
        return followed;
    }

    /** The client has disconnected and may reconnect. */
    void persist(Session session, Duration keep) {
        end(session.sid());
        try {
            persist(session.sid(), session.pid(), encode(session), keep, System.nanoTime());
        } catch (RuntimeException | Error e) { // its data belongs to the application, whose objects may throw anything
            LOG.log(
                    Level.WARNING,
                    KafkaLog.SESSION_NOT_WRITTEN.text("the session of socket " + session.sid() + " cannot be written"),
                    e);
        }
    }

    /** If the queue is full, tries again for as long as the client may return. */
    private void persist(String sid, String pid, byte[] value, Duration keep, long since) {
        Duration left = keep.minusNanos(System.nanoTime() - since);
        if (left.toMillis() > 0 && !store(pid, value, left, false)) {
            link.later(PAUSE, () -> {
                if (!all.containsKey(sid)) { // otherwise the client has returned to this server
                    persist(sid, pid, value, keep, since);
                }
            });
        }
    }

    /** The client has disconnected permanently. */
    void forget(String sid, String pid) {
        end(sid);
        drop(pid);
    }

    /** A session that this server has taken over is not needed. */
    void drop(String pid) {
        var unused = write(pid, SessionTable.REMOVE, new byte[0]);
    }

    private KafkaWriter.Entry entry(String pid, String kind, byte[] value) {
        return new KafkaWriter.Entry(
                        link.options().sessionTopic(), pid.hashCode(), Headers.bytes(pid), value, true, error -> {})
                .header(Headers.KIND, Headers.bytes(kind))
                .header(Headers.SENDER, Headers.bytes(uid));
    }

    private boolean write(String pid, String kind, byte[] value) {
        return link.write(entry(pid, kind, value));
    }

    private boolean store(String pid, byte[] value, Duration keep, boolean live) {
        KafkaLink.Open open = link.open();
        if (open == null) {
            return true;
        }
        KafkaWriter.Entry entry = entry(pid, SessionTable.STORE, value)
                .header(Headers.EPOCH, Headers.bytes(open.sessions().epoch(pid, uid)))
                .header(Headers.KEEP, Headers.bytes(keep.toMillis()));
        if (live) {
            entry.header(Headers.LIVE, new byte[0]);
        }
        return link.write(entry);
    }

    static byte[] encode(Session session) {
        Map<String, @Nullable Object> document = new LinkedHashMap<>(8);
        document.put("sid", session.sid());
        document.put("pid", session.pid());
        document.put("rooms", session.rooms());
        document.put("data", ClusterDocuments.encodable(session.data()));
        if (session.startOffset() != null) {
            document.put("startOffset", session.startOffset());
        }
        return Msgpack.encode(document);
    }

    @SuppressWarnings("unchecked") // decoders create maps with string keys only
    private static @Nullable Session decode(byte[] value) {
        try {
            if (Msgpack.decode(value) instanceof Map<?, ?> map
                    && map.get("sid") instanceof String sid
                    && map.get("pid") instanceof String pid) {
                Map<String, Object> data =
                        map.get("data") instanceof Map<?, ?> given ? (Map<String, Object>) given : Map.of();
                String start = map.get("startOffset") instanceof String given ? given : null;
                return new Session(sid, pid, ClusterDocuments.names(map.get("rooms")), data, start);
            }
        } catch (DecodeException | IllegalArgumentException e) {
            // not written by a server of this cluster
        }
        return null;
    }

    /**
     * Takes over a session; {@code null} if it does not exist, or Kafka does not answer in time. Fails with a
     * {@link SessionBusyException} if another server is taking it over; the table ends that after some seconds.
     */
    CompletableFuture<@Nullable Session> take(String pid) {
        String id = UUID.randomUUID().toString();
        Attempt attempt = new Attempt(new CompletableFuture<>(), new CompletableFuture<>());
        attempts.put(id, attempt);
        link.later(ANSWER, () -> attempt.taken.complete(null));
        if (!link.write(entry(pid, SessionTable.TAKE, new byte[0]).header(Headers.ATTEMPT, Headers.bytes(id)))) {
            attempt.taken.complete(null);
        }
        return attempt.taken.whenComplete((session, error) -> attempts.remove(id));
    }

    /**
     * The order of records in the topic has decided an attempt of this server.
     *
     * @param busy whether another server is taking over the session
     */
    void answered(String id, byte @Nullable [] value, boolean connected, boolean busy) {
        Attempt attempt = attempts.get(id);
        if (attempt == null) {
            return;
        }
        if (busy) {
            attempt.taken.completeExceptionally(new SessionBusyException());
            return;
        }
        Session session = value == null ? null : decode(value);
        if (session == null || !connected) {
            attempt.taken.complete(session);
        } else {
            // a server that does not answer is dead or disconnected; it releases the socket as soon
            // as it can read again
            link.later(RELEASE, () -> attempt.released.complete(null));
            var unused = attempt.released.thenRun(() -> attempt.taken.complete(session));
        }
    }

    /** The previous holder has released its socket. */
    void released(String id) {
        Attempt attempt = attempts.get(id);
        if (attempt != null) {
            attempt.released.complete(null);
        }
    }

    /** Another server has taken over a session of this one. */
    void taken(String pid, String taker, String attempt) {
        String sid = sids.get(pid);
        lost(pid);
        if (sid != null) {
            release(pid, sid, taker, attempt, MOST_LOOKS);
        }
    }

    /** The client of a session has moved to another server; its session here is discarded. */
    void lost(String pid) {
        String sid = sids.remove(pid);
        if (sid != null) {
            end(sid);
            LocalSocket socket = transport.socket(sid);
            if (socket != null) {
                socket.moved();
            }
        }
    }

    private void release(String pid, String sid, String taker, String attempt, int looks) {
        if (transport.socket(sid) != null && looks > 0) {
            link.later(SOON, () -> release(pid, sid, taker, attempt, looks - 1));
            return;
        }
        var unused = link.write(entry(pid, SessionTable.RELEASE, new byte[0])
                .header(Headers.RECEIVER, Headers.bytes(taker))
                .header(Headers.ATTEMPT, Headers.bytes(attempt)));
    }
}
