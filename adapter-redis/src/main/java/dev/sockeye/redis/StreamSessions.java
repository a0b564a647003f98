package dev.sockeye.redis;

import dev.sockeye.redis.SessionCodec.Kept;
import dev.sockeye.socketio.adapter.Session;
import dev.sockeye.socketio.adapter.cluster.ClusterMessage;
import dev.sockeye.socketio.adapter.cluster.SessionBusyException;
import dev.sockeye.socketio.protocol.DecodeException;
import io.lettuce.core.Limit;
import io.lettuce.core.Range;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.SetArgs;
import io.lettuce.core.StreamMessage;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Stores the sessions of clients that may return in Redis, and reads their missed events from the stream. */
final class StreamSessions {
    private static final Logger LOG = System.getLogger(StreamSessions.class.getName());
    private static final int PAGE = 500;
    private static final int MOST_PAGES = 200;
    private static final Duration RETRY = Duration.ofMillis(500);
    private static final Duration LONGEST = Duration.ofSeconds(4);
    /** How long taking a session may last. */
    private static final Duration LONGEST_TAKE = Duration.ofMinutes(1);

    /**
     * Gives a session to one server: a session with a holder is marked as being taken by that server, any other session
     * is deleted. A session that another server is taking is given to no one, unless that server is considered dead: the answer is
     * {@link #BUSY}, followed by the mark of that server.
     */
    private static final String TAKE = "local v = redis.call('GET', KEYS[1]) if not v then return v end "
            + "if string.sub(v, 5, 12) ~= '" + SessionCodec.HELD + "' or ARGV[1] == '' then "
            + "redis.call('DEL', KEYS[1]) return v end "
            + "if string.sub(v, 13, 16) == '" + SessionCodec.TAKEN
            + "' and string.sub(v, 5, 32) ~= string.sub(ARGV[1], 1, 28) and string.sub(v, 5, 36) ~= ARGV[2] then "
            + "return 'T' .. string.sub(v, 5, 36) end "
            + "local left = redis.call('PTTL', KEYS[1]) if left <= 0 then redis.call('DEL', KEYS[1]) return v end "
            + "redis.call('SET', KEYS[1], string.sub(v, 1, 4) .. ARGV[1] .. string.sub(v, 37), 'PX', left) return v";

    /** Changes the mark of a session that this server is taking; 0 if another server has it. */
    private static final String KEEP = "local v = redis.call('GET', KEYS[1]) "
            + "if not v or string.sub(v, 5, 32) ~= string.sub(ARGV[1], 1, 28) then return 0 end "
            + "local left = redis.call('PTTL', KEYS[1]) if left <= 0 then return 0 end "
            + "redis.call('SET', KEYS[1], string.sub(v, 1, 4) .. ARGV[1] .. string.sub(v, 37), 'PX', left) return 1";

    /** How the answer of {@link #TAKE} begins when another server is taking the session. No session begins with it. */
    private static final byte BUSY = 'T';

    private final RedisLink link;
    private final byte[] stream;
    private final RedisStreamsAdapterOptions options;
    private volatile @Nullable LiveSessions followed;
    private volatile String uid = "";
    private final AtomicInteger number = new AtomicInteger();

    /**
     * The secret ids of sessions without a holder, of a Node.js server, that this server is taking. They were deleted by that, so
     * no other server can take them.
     */
    private final Set<String> unmarked = ConcurrentHashMap.newKeySet();

    StreamSessions(RedisLink link, byte[] stream, RedisStreamsAdapterOptions options) {
        this.link = link;
        this.stream = stream;
        this.options = options;
    }

    /** From now on sessions of connected clients are stored, too. */
    LiveSessions follow(String uid, Consumer<String> taken) {
        LiveSessions made = new LiveSessions(link, options.sessionRefresh(), uid, this::key, taken);
        this.uid = uid;
        followed = made;
        return made;
    }

    private byte[] key(String pid) {
        return RedisLink.bytes(options.sessionKeyPrefix() + pid);
    }

    /** Stores a session; while Redis is unavailable it is retried for as long as the client may return. */
    void persist(Session session, Duration keep) {
        persist(session, keep, link.nanoTime(), RETRY);
    }

    private void persist(Session session, Duration keep, long since, Duration pause) {
        Duration left = keep.minusNanos(link.nanoTime() - since);
        if (left.toMillis() <= 0) {
            return;
        }
        LiveSessions ahead = followed;
        CompletableFuture<Boolean> kept;
        try {
            kept = ahead == null ? set(session, left) : ahead.leave(session, left);
        } catch (RuntimeException | Error e) { // its data belongs to the application, whose objects may throw anything
            LOG.log(
                    Level.WARNING,
                    RedisLog.SESSION_NOT_WRITTEN.text("the session of socket " + session.sid() + " cannot be written"),
                    e);
            return;
        }
        var unused = kept.exceptionally(error -> {
            link.later(pause, () -> {
                if (ahead == null || !ahead.follows(session.sid())) { // else the client has returned to this server
                    persist(session, keep, since, pause.compareTo(LONGEST) < 0 ? pause.multipliedBy(2) : pause);
                }
            });
            return false;
        });
    }

    private CompletableFuture<Boolean> set(Session session, Duration left) {
        byte[] text = SessionCodec.encode(session, SessionCodec.NOBODY);
        RedisClusterAsyncCommands<byte[], byte[]> redis = link.commands();
        if (redis == null) {
            return CompletableFuture.failedFuture(new IllegalStateException("Redis cannot be reached"));
        }
        try {
            return link.track(redis.set(key(session.pid()), text, SetArgs.Builder.px(left.toMillis())), 0)
                    .thenApply(done -> true);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /**
     * Takes a session; {@code null} if there is none.
     *
     * @param deadTaker the mark of a server from which it is taken even while that server is taking it; may be empty
     */
    CompletableFuture<@Nullable Kept> take(String pid, String deadTaker) {
        RedisClusterAsyncCommands<byte[], byte[]> redis = link.commands();
        if (redis == null) {
            return CompletableFuture.completedFuture(null);
        }
        byte[] mark = followed == null ? RedisLink.bytes("") : takingMark();
        CompletableFuture<byte[]> taking;
        try {
            taking = link.track(
                    redis.<byte[]>eval(
                            TAKE, ScriptOutputType.VALUE, new byte[][] {key(pid)}, mark, RedisLink.bytes(deadTaker)),
                    0);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
        return taking.thenCompose(taken -> {
            if (taken != null && taken.length > 0 && taken[0] == BUSY) {
                String taker = RedisLink.text(Arrays.copyOfRange(taken, 1, taken.length));
                return CompletableFuture.<@Nullable Kept>failedFuture(new SessionBusyException(taker));
            }
            Kept kept = taken == null ? null : SessionCodec.decode(taken);
            if (kept == null || kept.holder() != null) {
                unmarked.remove(pid);
            } else if (unmarked.add(pid)) {
                link.later(LONGEST_TAKE, () -> unmarked.remove(pid));
            }
            return CompletableFuture.<@Nullable Kept>completedFuture(kept);
        });
    }

    private byte[] takingMark() {
        return SessionCodec.mark(SessionCodec.taking(uid, number.incrementAndGet()));
    }

    /** Confirms that this server is still taking a session; false if another server has it. */
    CompletableFuture<Boolean> keep(String pid) {
        RedisClusterAsyncCommands<byte[], byte[]> redis = link.commands();
        if (redis == null || followed == null) {
            return CompletableFuture.completedFuture(
                    redis != null); // without a follower it was deleted when it was taken
        }
        if (unmarked.contains(pid)) {
            return CompletableFuture.completedFuture(true);
        }
        try {
            return link.track(
                            redis.<Long>eval(KEEP, ScriptOutputType.INTEGER, new byte[][] {key(pid)}, takingMark()), 0)
                    .thenApply(answer -> answer == 1);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** A session that was taken could not be restored. */
    void drop(Session session) {
        LiveSessions ahead = followed;
        if (ahead != null) {
            ahead.forget(session.pid());
        }
    }

    /**
     * Reads the messages of a namespace after an entry, up to and including another one; returns false if some of them were
     * deleted. Redis deletes the oldest entries first, so each page begins with the last entry of the page before: if that
     * entry still exists, all later ones do.
     */
    CompletableFuture<Boolean> readAfter(
            String from, String until, String namespace, BiConsumer<String, ClusterMessage> reader) {
        RedisClusterAsyncCommands<byte[], byte[]> redis = link.commands();
        if (redis == null) {
            return CompletableFuture.completedFuture(false);
        }
        String end = StreamIds.compare(from, until) > 0 ? from : until;
        return read(redis, from, end, namespace, reader, MOST_PAGES);
    }

    private CompletableFuture<Boolean> read(
            RedisClusterAsyncCommands<byte[], byte[]> redis,
            String from,
            String until,
            String namespace,
            BiConsumer<String, ClusterMessage> reader,
            int pages) {
        return link.track(redis.xrange(stream, Range.create(from, until), Limit.from(PAGE + 1)), 0)
                .thenCompose(entries -> {
                    if (entries.isEmpty() || StreamIds.compare(entries.get(0).getId(), from) != 0) {
                        return CompletableFuture.completedFuture(false);
                    }
                    String last = from;
                    for (StreamMessage<byte[], byte[]> entry : entries.subList(1, entries.size())) {
                        last = entry.getId();
                        Map<String, String> fields = StreamReader.fields(entry);
                        if (namespace.equals(fields.get("nsp"))) {
                            read(last, fields, reader);
                        }
                    }
                    if (entries.size() <= PAGE) {
                        return CompletableFuture.completedFuture(true);
                    }
                    return pages == 0
                            ? CompletableFuture.completedFuture(false)
                            : read(redis, last, until, namespace, reader, pages - 1);
                });
    }

    private void read(String id, Map<String, String> fields, BiConsumer<String, ClusterMessage> reader) {
        try {
            ClusterMessage message = StreamsTransport.message(fields);
            if (message != null) {
                reader.accept(id, message);
            }
        } catch (DecodeException e) {
            link.problems().countRefused("entry " + id + ": " + e.getMessage());
        }
    }
}
