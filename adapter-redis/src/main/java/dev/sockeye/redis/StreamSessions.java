package dev.sockeye.redis;

import dev.sockeye.redis.SessionForm.Kept;
import dev.sockeye.socketio.adapter.BroadcastOptions;
import dev.sockeye.socketio.adapter.ClusterDocuments;
import dev.sockeye.socketio.adapter.ClusterMessage;
import dev.sockeye.socketio.adapter.RestoredSession;
import dev.sockeye.socketio.adapter.Session;
import dev.sockeye.socketio.protocol.DecodeException;
import dev.sockeye.socketio.protocol.SocketPacket;
import io.lettuce.core.Limit;
import io.lettuce.core.Range;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.SetArgs;
import io.lettuce.core.StreamMessage;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The sessions of clients that may come back, in Redis; and what they have missed, from the stream. */
final class StreamSessions {
    private static final Logger LOG = System.getLogger(StreamSessions.class.getName());
    private static final int PAGE = 500;
    private static final int MOST_PAGES = 200;
    private static final int MOST_RECORDED = 20_000;
    private static final Duration RETRY = Duration.ofMillis(500);
    private static final Duration LONGEST = Duration.ofSeconds(4);
    private static final Duration FORGET = Duration.ofMinutes(1);

    /** Gives a session, once: one that says who holds it is held by the taker now, any other is gone. */
    private static final String TAKE = "local v = redis.call('GET', KEYS[1]) if not v then return v end "
            + "local left = redis.call('PTTL', KEYS[1]) "
            + "if ARGV[1] ~= '' and left > 0 and string.sub(v, 5, 12) == '" + SessionForm.HELD + "' then "
            + "redis.call('SET', KEYS[1], string.sub(v, 1, 4) .. ARGV[1] .. string.sub(v, 37), 'PX', left) "
            + "else redis.call('DEL', KEYS[1]) end return v";

    private record Missed(String id, SocketPacket.Event event) {}

    /** What comes in while a client is on its way back. */
    private static final class Recording {
        private final String pid;
        private volatile boolean incomplete;
        private final List<String> ids = new ArrayList<>();
        private final List<ClusterMessage> messages = new ArrayList<>();

        Recording(String pid) {
            this.pid = pid;
        }
    }

    private final RedisLink link;
    private final byte[] stream;
    private final RedisStreamsAdapterOptions options;
    private final Object delivery;
    private final BiConsumer<String, String> takeOver;
    private volatile @Nullable FollowedSessions followed;
    private volatile String uid = "";
    private final List<Recording> recordings = new CopyOnWriteArrayList<>();

    /** The secret ids of clients that are on their way back: each may come once. */
    private final Set<String> returning = ConcurrentHashMap.newKeySet();

    /** @param takeOver tells the server that holds a session that it is taken: its id, and that of the socket */
    StreamSessions(
            RedisLink link,
            byte[] stream,
            RedisStreamsAdapterOptions options,
            Object delivery,
            BiConsumer<String, String> takeOver) {
        this.takeOver = takeOver;
        this.link = link;
        this.stream = stream;
        this.options = options;
        this.delivery = delivery;
    }

    /** From now on connected ones are written too. */
    FollowedSessions follow(String uid, Consumer<String> taken) {
        FollowedSessions made = new FollowedSessions(link, options.sessionRefresh(), uid, this::key, taken);
        this.uid = uid;
        followed = made;
        return made;
    }

    private byte[] key(String pid) {
        return RedisLink.bytes(options.sessionKeyPrefix() + pid);
    }

    /** Keeps a session; while Redis is away it is tried again, for as long as the client may come back. */
    void persist(Session session, Duration keep) {
        persist(session, keep, System.nanoTime(), RETRY);
    }

    private void persist(Session session, Duration keep, long since, Duration pause) {
        Duration left = keep.minusNanos(System.nanoTime() - since);
        if (left.toMillis() <= 0) {
            return;
        }
        FollowedSessions ahead = followed;
        CompletableFuture<Boolean> kept;
        try {
            kept = ahead == null ? set(session, left) : ahead.leave(session, left);
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "the session of socket " + session.sid() + " cannot be written", e);
            return;
        }
        var unused = kept.exceptionally(error -> {
            link.later(pause, () -> {
                if (ahead == null || !ahead.follows(session.sid())) { // else the client has come back, to this server
                    persist(session, keep, since, pause.compareTo(LONGEST) < 0 ? pause.multipliedBy(2) : pause);
                }
            });
            return false;
        });
    }

    private CompletableFuture<Boolean> set(Session session, Duration left) {
        byte[] text = SessionForm.encode(session, SessionForm.NOBODY);
        RedisClusterAsyncCommands<byte[], byte[]> redis = link.commands();
        if (redis == null) {
            return CompletableFuture.failedFuture(new IllegalStateException("away"));
        }
        try {
            return link.track(redis.set(key(session.pid()), text, SetArgs.Builder.px(left.toMillis())), 0)
                    .thenApply(done -> true);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    boolean recording() {
        return !recordings.isEmpty();
    }

    /** With the delivery lock. */
    void record(String id, ClusterMessage message) {
        for (Recording recording : recordings) {
            if (recording.ids.size() < MOST_RECORDED) {
                recording.ids.add(id);
                recording.messages.add(message);
            } else {
                recording.incomplete = true;
            }
        }
    }

    CompletableFuture<@Nullable RestoredSession> restore(
            String pid, @Nullable String offset, String namespace, Supplier<String> position) {
        RedisClusterAsyncCommands<byte[], byte[]> redis = link.commands();
        if (redis == null || (offset != null && !StreamIds.isId(offset)) || !returning.add(pid)) {
            return CompletableFuture.completedFuture(null);
        }
        Recording recording = new Recording(pid);
        recordings.add(recording);
        link.later(FORGET, () -> end(recording));
        byte[] mark = followed == null ? RedisLink.bytes("") : SessionForm.mark(uid);
        CompletableFuture<byte[]> taking;
        try {
            taking = link.track(redis.<byte[]>eval(TAKE, ScriptOutputType.VALUE, new byte[][] {key(pid)}, mark), 0);
        } catch (RuntimeException e) {
            taking = CompletableFuture.failedFuture(e);
        }
        return taking.thenCompose(taken -> {
                    Kept kept = taken == null ? null : SessionForm.decode(taken);
                    if (kept == null) {
                        return CompletableFuture.<@Nullable RestoredSession>completedFuture(null);
                    }
                    Session session = kept.session();
                    String holder = kept.holder();
                    if (holder != null && kept.heldByAnotherThan(uid)) {
                        takeOver.accept(holder, session.sid());
                    }
                    String from = offset == null ? session.startOffset() : offset;
                    return from == null || !StreamIds.isId(from)
                            ? CompletableFuture.<@Nullable RestoredSession>completedFuture(null)
                            : restore(redis, session, from, recording, namespace, position);
                })
                .orTimeout(5, TimeUnit.SECONDS)
                .whenComplete((restored, error) -> {
                    if (restored == null) {
                        end(recording);
                    }
                });
    }

    private CompletableFuture<@Nullable RestoredSession> restore(
            RedisClusterAsyncCommands<byte[], byte[]> redis,
            Session session,
            String from,
            Recording recording,
            String namespace,
            Supplier<String> position) {
        return exists(redis, from).thenCompose(there -> {
            if (!there) {
                FollowedSessions ahead = followed;
                if (ahead != null) {
                    ahead.forget(session.pid());
                }
                return CompletableFuture.<@Nullable RestoredSession>completedFuture(null);
            }
            List<Missed> missed = new ArrayList<>();
            return collect(redis, from, namespace, session.rooms(), missed, MOST_PAGES)
                    .thenApply(last -> new Restored(session, recording, missed, last, namespace, position));
        });
    }

    private void end(Recording recording) {
        if (recordings.remove(recording)) {
            recording.incomplete = true;
            returning.remove(recording.pid);
        }
    }

    /** Whether the entry is still there: then nothing after it is gone. */
    private CompletableFuture<Boolean> exists(RedisClusterAsyncCommands<byte[], byte[]> redis, String id) {
        return link.track(redis.xrange(stream, Range.create(id, id), Limit.from(1)), 0)
                .thenApply(entries -> !entries.isEmpty());
    }

    /** All that was sent after an entry to any of these rooms; gives the last entry read. */
    private CompletableFuture<String> collect(
            RedisClusterAsyncCommands<byte[], byte[]> redis,
            String from,
            String namespace,
            Set<String> rooms,
            List<Missed> missed,
            int pages) {
        var range = Range.from(Range.Boundary.including(StreamIds.next(from)), Range.Boundary.<String>unbounded());
        return link.track(redis.xrange(stream, range, Limit.from(PAGE)), 0).thenCompose(entries -> {
            String last = from;
            for (StreamMessage<byte[], byte[]> entry : entries) {
                last = entry.getId();
                Map<String, String> fields = StreamReader.fields(entry);
                if (namespace.equals(fields.get("nsp"))) {
                    try {
                        ClusterMessage message = StreamsTransport.message(fields);
                        if (message != null) {
                            add(last, message, namespace, rooms, missed);
                        }
                    } catch (DecodeException e) {
                        link.countRefused("entry " + last + ": " + e.getMessage());
                    }
                }
            }
            if (entries.size() < PAGE) {
                return CompletableFuture.completedFuture(last);
            }
            if (pages == 0) {
                return CompletableFuture.failedFuture(new IllegalStateException("missed too much"));
            }
            return collect(redis, last, namespace, rooms, missed, pages - 1);
        });
    }

    private static void add(
            String id, ClusterMessage message, String namespace, Set<String> rooms, List<Missed> missed) {
        if (message.type() != ClusterMessage.Type.BROADCAST || message.requestId() != null) {
            return;
        }
        try {
            BroadcastOptions to = ClusterDocuments.options(message.data().get("opts"));
            boolean meant = to.rooms().isEmpty() || rooms.stream().anyMatch(to.rooms()::contains);
            if (meant
                    && rooms.stream().noneMatch(to.except()::contains)
                    && !to.flags().onlyWritable()) {
                SocketPacket.Event event =
                        ClusterDocuments.packet(namespace, message.data().get("packet"));
                missed.add(new Missed(
                        id,
                        new SocketPacket.Event(
                                namespace,
                                SocketPacket.NO_ID,
                                event.name(),
                                event.args().plus(id))));
            }
        } catch (IllegalArgumentException e) {
            // no event: nobody else gets it either
        }
    }

    private final class Restored implements RestoredSession {
        private final Session session;
        private final Recording recording;
        private final List<Missed> missed;
        private final String last;
        private final String namespace;
        private final Supplier<String> position;

        Restored(
                Session session,
                Recording recording,
                List<Missed> missed,
                String last,
                String namespace,
                Supplier<String> position) {
            this.session = session;
            this.recording = recording;
            this.missed = missed;
            this.last = last;
            this.namespace = namespace;
            this.position = position;
        }

        @Override
        public Session session() {
            return session;
        }

        /** What was read from the stream up to what this server has delivered, and what it has delivered since. */
        @Override
        public void resume(Consumer<List<SocketPacket.Event>> deliver) {
            synchronized (delivery) {
                boolean complete = !recording.incomplete;
                recordings.remove(recording);
                if (!complete) {
                    returning.remove(recording.pid);
                    throw new IllegalStateException("the client took too long to come back");
                }
                String now = position.get();
                List<SocketPacket.Event> events = new ArrayList<>();
                for (Missed one : missed) {
                    if (StreamIds.compare(one.id, now) <= 0) {
                        events.add(one.event);
                    }
                }
                List<Missed> since = new ArrayList<>();
                for (int i = 0; i < recording.ids.size(); i++) {
                    if (StreamIds.compare(recording.ids.get(i), last) > 0) {
                        add(recording.ids.get(i), recording.messages.get(i), namespace, session.rooms(), since);
                    }
                }
                since.forEach(one -> events.add(one.event));
                try {
                    deliver.accept(events);
                } finally {
                    returning.remove(recording.pid);
                }
            }
        }
    }
}
