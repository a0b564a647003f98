package dev.sockeye.redis;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.sockeye.socketio.adapter.Session;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Stores the sessions of connected clients in Redis, so that they can be resumed on another server when this one
 * crashes or is paused. A session contains the id of the server that holds it; another server takes over the session by
 * replacing the id. A server that finds another id in a session has lost its client.
 *
 * <p>States of a session: clean, dirty (to be written soon), over. A late write, after the client has left, finds a
 * session that no longer belongs to this server and changes nothing; a session that is written after it was deleted is
 * deleted again. While Redis is unavailable, dirty sessions wait here; their number is bounded by the number of
 * clients.
 */
final class LiveSessions {
    private static final Logger LOG = System.getLogger(LiveSessions.class.getName());
    private static final Duration SOON = Duration.ofMillis(10);
    private static final Duration PAUSE = Duration.ofMillis(500);
    private static final int MOST_UNDER_WAY = 1_000;

    /** Writes the session unless another server has it, or a Node.js server has stored it for a disconnected client. */
    private static final String WRITE = "local v = redis.call('GET', KEYS[1]) "
            + "if v and string.sub(v, 5, 36) ~= ARGV[1] and string.sub(v, 5, 32) ~= ARGV[4] then return 0 end "
            + "redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) return 1";

    private static final String FORGET = "local v = redis.call('GET', KEYS[1]) "
            + "if v and (string.sub(v, 5, 36) == ARGV[1] or string.sub(v, 5, 32) == ARGV[2]) "
            + "then redis.call('DEL', KEYS[1]) end return 1";

    private static final class Followed {
        private final String sid;
        private final Supplier<Session> session;
        private final Duration keep;
        private volatile long written;
        private volatile boolean over;
        private volatile boolean forgotten; // permanently
        private volatile boolean repeated; // its last encoding has failed and was repeated

        Followed(String sid, Supplier<Session> session, Duration keep, long now) {
            this.written = now;
            this.sid = sid;
            this.session = session;
            this.keep = keep;
        }
    }

    private final RedisLink link;
    private final Duration refresh;
    private final byte[] mark;
    private final byte[] taking;
    private final String uid;
    private final Function<String, byte[]> key;
    private final Consumer<String> taken;
    private final Map<String, Followed> all = new ConcurrentHashMap<>();
    private final Set<Followed> dirty = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean flushing = new AtomicBoolean();
    private final AtomicInteger underWay = new AtomicInteger();
    private volatile boolean failing;

    @GuardedBy("this")
    private boolean ticking;

    /**
     * @param key returns the key of a secret id
     * @param taken called with the id of a socket whose client is connected to another server
     */
    LiveSessions(RedisLink link, Duration refresh, String uid, Function<String, byte[]> key, Consumer<String> taken) {
        this.link = link;
        this.refresh = refresh;
        this.uid = uid;
        this.mark = SessionCodec.mark(uid);
        this.taking = SessionCodec.takingMark(uid);
        this.key = key;
        this.taken = taken;
    }

    void follow(String sid, Supplier<Session> session, Duration keep) {
        Followed followed = new Followed(sid, session, keep, link.nanoTime());
        all.put(sid, followed);
        mark(followed);
        synchronized (this) {
            if (!ticking) {
                ticking = true;
                link.later(refresh.dividedBy(4), this::tick);
            }
        }
    }

    boolean follows(String sid) {
        return all.containsKey(sid);
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
                flushLater();
            }
        }
    }

    private void flushLater() {
        if (flushing.compareAndSet(false, true)) {
            link.later(failing ? PAUSE : SOON, this::flush);
        }
    }

    private void flush() {
        flushing.set(false);
        if (!link.connected()) {
            failing = true;
        } else {
            int most = failing ? 1 : MOST_UNDER_WAY - underWay.get();
            Iterator<Followed> waiting = dirty.iterator();
            while (most-- > 0 && waiting.hasNext()) {
                Followed next = waiting.next();
                waiting.remove();
                write(next);
            }
        }
        if (!dirty.isEmpty()) {
            flushLater();
        }
    }

    /**
     * Sessions that have not been written for some time are written again, because they would expire and their data may
     * have changed.
     */
    private void tick() {
        long now = link.nanoTime();
        for (Followed followed : all.values()) {
            if (now - followed.written > refresh.toNanos() * 3 / 4) {
                mark(followed);
            }
        }
        synchronized (this) {
            ticking = !all.isEmpty();
            if (ticking) {
                link.later(refresh.dividedBy(4), this::tick);
            }
        }
    }

    private void write(Followed followed) {
        if (followed.over) {
            return;
        }
        followed.written = link.nanoTime();
        Session session;
        byte[] text;
        try {
            session = followed.session.get();
            text = SessionCodec.encode(session, uid);
            followed.repeated = false;
        } catch (RuntimeException | Error e) { // nobody would write the other sessions
            // its data is probably being changed: retried once soon, then with the periodic writes
            LOG.log(Level.DEBUG, "the session of socket " + followed.sid + " cannot be written", e);
            if (!followed.repeated) {
                followed.repeated = true;
                mark(followed);
            }
            return;
        }
        underWay.incrementAndGet();
        CompletableFuture<Boolean> written = write(session.pid(), text, followed.keep.plus(refresh.multipliedBy(2)));
        var unused = written.whenComplete((mine, error) -> {
            underWay.decrementAndGet();
            if (followed.forgotten) {
                forget(session.pid());
            } else if (error != null) {
                if (!failing) {
                    failing = true;
                    LOG.log(Level.DEBUG, "sessions cannot be written", error);
                }
                mark(followed);
            } else {
                failing = false;
                if (!mine && all.remove(followed.sid, followed)) {
                    taken.accept(followed.sid);
                }
            }
        });
    }

    /** Returns false if another server has the session. */
    private CompletableFuture<Boolean> write(String pid, byte[] text, Duration keep) {
        RedisClusterAsyncCommands<byte[], byte[]> redis = link.commands();
        if (redis == null) {
            return CompletableFuture.failedFuture(new IllegalStateException("Redis cannot be reached"));
        }
        try {
            return link.track(
                            redis.<Long>eval(
                                    WRITE,
                                    ScriptOutputType.INTEGER,
                                    new byte[][] {key.apply(pid)},
                                    mark,
                                    text,
                                    RedisLink.bytes(Long.toString(keep.toMillis())),
                                    taking),
                            0)
                    .thenApply(answer -> answer == 1);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
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

    /** The client has disconnected and may return; returns false if it has already returned to another server. */
    CompletableFuture<Boolean> leave(Session session, Duration keep) {
        end(session.sid());
        return write(session.pid(), SessionCodec.encode(session, SessionCodec.NOBODY), keep);
    }

    /** The client has left permanently. */
    void forget(String sid, String pid) {
        Followed followed = end(sid);
        if (followed != null) {
            followed.forgotten = true;
            forget(pid);
        }
    }

    /** Deletes a session of this server from Redis. */
    void forget(String pid) {
        RedisClusterAsyncCommands<byte[], byte[]> redis = link.commands();
        if (redis == null) {
            return;
        }
        try {
            var unused = link.track(
                            redis.<Long>eval(
                                    FORGET, ScriptOutputType.INTEGER, new byte[][] {key.apply(pid)}, mark, taking),
                            0)
                    .exceptionally(error -> null); // it expires
        } catch (RuntimeException e) {
            // it expires
        }
    }
}
