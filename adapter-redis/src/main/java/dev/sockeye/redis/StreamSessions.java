package dev.sockeye.redis;

import dev.sockeye.socketio.adapter.BroadcastOptions;
import dev.sockeye.socketio.adapter.ClusterDocuments;
import dev.sockeye.socketio.adapter.ClusterMessage;
import dev.sockeye.socketio.adapter.RestoredSession;
import dev.sockeye.socketio.adapter.Session;
import dev.sockeye.socketio.protocol.DecodeException;
import dev.sockeye.socketio.protocol.Msgpack;
import dev.sockeye.socketio.protocol.SocketPacket;
import io.lettuce.core.Limit;
import io.lettuce.core.Range;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.SetArgs;
import io.lettuce.core.StreamMessage;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The sessions of clients that may come back, in Redis; and what they have missed, from the stream. */
final class StreamSessions {
    private static final int PAGE = 500;
    private static final int MOST_PAGES = 200;
    private static final int MOST_RECORDED = 20_000;
    private static final Duration RETRY = Duration.ofMillis(500);
    private static final Duration FORGET = Duration.ofMinutes(10);
    private static final String TAKE =
            "local session = redis.call('GET', KEYS[1]) redis.call('DEL', KEYS[1]) return session";

    private record Missed(String id, SocketPacket.Event event) {}

    /** What comes in while a client is on its way back. */
    private static final class Recording {
        private final List<String> ids = new ArrayList<>();
        private final List<ClusterMessage> messages = new ArrayList<>();
    }

    private final RedisLink link;
    private final byte[] stream;
    private final RedisStreamsAdapterOptions options;
    private final Object delivery;
    private final List<Recording> recordings = new CopyOnWriteArrayList<>();

    StreamSessions(RedisLink link, byte[] stream, RedisStreamsAdapterOptions options, Object delivery) {
        this.link = link;
        this.stream = stream;
        this.options = options;
        this.delivery = delivery;
    }

    private byte[] key(String pid) {
        return RedisLink.bytes(options.sessionKeyPrefix() + pid);
    }

    /** Keeps a session; while Redis is away it is tried again, for as long as the client may come back. */
    void persist(Session session, Duration keep, long since) {
        Duration left = keep.minusNanos(System.nanoTime() - since);
        RedisClusterAsyncCommands<byte[], byte[]> redis = link.commands();
        if (left.toMillis() <= 0) {
            return;
        }
        Map<String, @Nullable Object> document = new LinkedHashMap<>(8);
        document.put("sid", session.sid());
        document.put("pid", session.pid());
        document.put("rooms", session.rooms());
        document.put("data", ClusterDocuments.encodable(session.data()));
        if (session.startOffset() != null) {
            document.put("startOffset", session.startOffset());
        }
        byte[] value = Base64.getEncoder().encode(Msgpack.encode(document));
        CompletableFuture<?> kept;
        try {
            kept = redis == null
                    ? CompletableFuture.failedFuture(new IllegalStateException("away"))
                    : link.track(redis.set(key(session.pid()), value, SetArgs.Builder.px(left.toMillis())), 0);
        } catch (RuntimeException e) {
            kept = CompletableFuture.failedFuture(e);
        }
        var unused = kept.exceptionally(error -> {
            link.later(RETRY, () -> persist(session, keep, since));
            return null;
        });
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
            }
        }
    }

    CompletableFuture<@Nullable RestoredSession> restore(
            String pid, @Nullable String offset, String namespace, Supplier<String> position) {
        RedisClusterAsyncCommands<byte[], byte[]> redis = link.commands();
        if (redis == null || (offset != null && !StreamIds.isId(offset))) {
            return CompletableFuture.completedFuture(null);
        }
        Recording recording = new Recording();
        recordings.add(recording);
        link.later(FORGET, () -> recordings.remove(recording));
        return link.track(redis.<byte[]>eval(TAKE, ScriptOutputType.VALUE, key(pid)), 0)
                .thenCompose(taken -> {
                    Session session = taken == null ? null : session(taken);
                    String from = session == null ? null : offset == null ? session.startOffset() : offset;
                    if (session == null || from == null || !StreamIds.isId(from)) {
                        return CompletableFuture.<@Nullable RestoredSession>completedFuture(null);
                    }
                    return exists(redis, from).thenCompose(there -> {
                        if (!there) {
                            return CompletableFuture.<@Nullable RestoredSession>completedFuture(null);
                        }
                        List<Missed> missed = new ArrayList<>();
                        return collect(redis, from, namespace, session.rooms(), missed, MOST_PAGES)
                                .thenApply(last -> new Restored(session, recording, missed, last, namespace, position));
                    });
                })
                .orTimeout(5, TimeUnit.SECONDS)
                .whenComplete((restored, error) -> {
                    if (restored == null) {
                        recordings.remove(recording);
                    }
                });
    }

    @SuppressWarnings("unchecked") // decoders make maps with text keys only
    private static @Nullable Session session(byte[] taken) {
        try {
            if (Msgpack.decode(Base64.getDecoder().decode(taken)) instanceof Map<?, ?> map
                    && map.get("sid") instanceof String sid
                    && map.get("pid") instanceof String pid) {
                Map<String, Object> data =
                        map.get("data") instanceof Map<?, ?> given ? (Map<String, Object>) given : Map.of();
                return new Session(
                        sid,
                        pid,
                        ClusterDocuments.names(map.get("rooms")),
                        data,
                        map.get("startOffset") instanceof String start ? start : null);
            }
            return null;
        } catch (DecodeException | IllegalArgumentException e) {
            return null;
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
                recordings.remove(recording);
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
                deliver.accept(events);
            }
        }
    }
}
