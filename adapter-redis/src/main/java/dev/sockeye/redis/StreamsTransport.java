package dev.sockeye.redis;

import dev.sockeye.redis.RedisWires.Kind;
import dev.sockeye.socketio.adapter.BroadcastFlags;
import dev.sockeye.socketio.adapter.BroadcastOptions;
import dev.sockeye.socketio.adapter.ClusterCodec;
import dev.sockeye.socketio.adapter.ClusterDocuments;
import dev.sockeye.socketio.adapter.ClusterHealth;
import dev.sockeye.socketio.adapter.ClusterMessage;
import dev.sockeye.socketio.adapter.ClusterTransport;
import dev.sockeye.socketio.adapter.LocalSocket;
import dev.sockeye.socketio.adapter.RestoredSession;
import dev.sockeye.socketio.adapter.Session;
import dev.sockeye.socketio.protocol.DecodeException;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The entries and channels of {@code @socket.io/redis-streams-adapter}. Broadcasts and changes of rooms are entries of a stream;
 * requests and answers go over channels.
 *
 * <p>With connection state recovery the entries of this server are acted on when they come back from the stream: so each client
 * gets all events in the order of their offsets, and its last offset says exactly what it has seen.
 */
final class StreamsTransport implements ClusterTransport {
    private final RedisLink link;
    private final StreamLine line;
    private final RedisStreamsAdapterOptions options;

    /** Held while something is done to the sockets of this namespace, so that a returning client finds a fixed position. */
    private final Object delivery = new Object();

    private final StreamSessions sessions;
    private @Nullable Receiver receiver;
    private volatile boolean open;
    private volatile @Nullable FollowedSessions followed;
    private volatile String position = StreamIds.START;

    StreamsTransport(RedisLink link, StreamLine line, RedisStreamsAdapterOptions options) {
        this.link = link;
        this.line = line;
        this.options = options;
        this.sessions = new StreamSessions(link, line.key(), options, delivery, this::takeOver);
    }

    private Receiver receiver() {
        Receiver given = receiver;
        if (given == null) {
            throw new IllegalStateException("not started");
        }
        return given;
    }

    String uid() {
        return receiver().uid();
    }

    private String channel() {
        return options.channelPrefix() + "#" + receiver().namespace().name() + "#";
    }

    @Override
    public CompletableFuture<Void> start(Receiver given) {
        receiver = given;
        open = true;
        if (!options.sessionRefresh().isZero()) {
            followed = sessions.follow(given.uid(), this::taken);
        }
        String name = given.namespace().name();
        return link.retain().thenCompose(ready -> line.reader().add(name, this)).thenCompose(ready -> {
            synchronized (delivery) {
                if (StreamIds.compare(line.reader().startId(), position) > 0) {
                    position = line.reader().startId();
                }
            }
            return CompletableFuture.allOf(
                    link.subscribe(Kind.CHANNEL, channel(), this::onMessage),
                    link.subscribe(Kind.CHANNEL, channel() + given.uid() + "#", this::onMessage));
        });
    }

    @Override
    public CompletableFuture<Void> close() {
        if (!open) {
            return CompletableFuture.completedFuture(null);
        }
        open = false;
        CompletableFuture<Void> drained = new CompletableFuture<>();
        drain(drained, 100);
        return drained.thenCompose(done -> {
            line.reader().remove(receiver().namespace().name());
            return CompletableFuture.allOf(
                            link.unsubscribe(Kind.CHANNEL, channel()),
                            link.unsubscribe(Kind.CHANNEL, channel() + uid() + "#"))
                    .thenCompose(gone -> link.release());
        });
    }

    private void drain(CompletableFuture<Void> drained, int times) {
        if (line.queued() == 0 || times == 0 || !link.connected()) {
            drained.complete(null);
        } else {
            link.later(Duration.ofMillis(10), () -> drain(drained, times - 1));
        }
    }

    @Override
    public boolean countsServers() {
        return true;
    }

    @Override
    public CompletableFuture<Integer> serverCount() {
        return open ? link.subscribers(Kind.CHANNEL, channel()) : CompletableFuture.completedFuture(1);
    }

    @Override
    public ClusterHealth health() {
        return link.health(line.unsent());
    }

    @Override
    public void publish(ClusterMessage message, Consumer<@Nullable String> local) {
        if (!open) {
            local.accept(null);
            return;
        }
        boolean kept = switch (message.type()) {
            case BROADCAST -> message.requestId() == null;
            case SOCKETS_JOIN, SOCKETS_LEAVE, DISCONNECT_SOCKETS -> true;
            default -> false;
        };
        if (kept) {
            boolean ordered = receiver().namespace().recovery() != null;
            line.add(
                    fields(message),
                    ordered,
                    ordered
                            ? offset -> {
                                synchronized (delivery) {
                                    local.accept(offset);
                                }
                            }
                            : local);
            return;
        }
        try {
            send(channel(), message);
        } finally {
            local.accept(null);
        }
    }

    static Map<String, String> fields(ClusterMessage message) {
        Map<String, String> fields = new LinkedHashMap<>(8);
        fields.put("uid", message.uid());
        fields.put("nsp", message.namespace());
        fields.put("type", Integer.toString(message.type().number()));
        if (!message.data().isEmpty()) {
            byte[] data = ClusterCodec.encodeDocument(message.data());
            fields.put(
                    "data",
                    data[0] == '{' ? RedisLink.text(data) : Base64.getEncoder().encodeToString(data));
        }
        return fields;
    }

    /** The message in an entry; {@code null} for an unknown type. */
    static @Nullable ClusterMessage message(Map<String, String> fields) throws DecodeException {
        String uid = fields.get("uid");
        String namespace = fields.get("nsp");
        String type = fields.get("type");
        String text = fields.get("data");
        if (uid == null || namespace == null || type == null) {
            throw new DecodeException("not a message of a cluster");
        }
        try {
            ClusterMessage.Type known = ClusterMessage.Type.of(Integer.parseInt(type));
            if (known == null) {
                return null;
            }
            Map<String, @Nullable Object> data = text == null || text.isEmpty()
                    ? Map.of()
                    : ClusterCodec.decodeDocument(
                            text.startsWith("{")
                                    ? RedisLink.bytes(text)
                                    : Base64.getDecoder().decode(text));
            return new ClusterMessage(uid, namespace, known, data);
        } catch (IllegalArgumentException e) {
            throw new DecodeException("not a message of a cluster");
        }
    }

    /** An entry of this namespace, on the thread that reads the stream. */
    void onEntry(String id, Map<String, String> fields) {
        boolean own = uid().equals(fields.get("uid"));
        ClusterMessage message = null;
        if (!own || sessions.recording()) {
            try {
                message = message(fields);
            } catch (DecodeException e) {
                link.countRefused("entry " + id + ": " + e.getMessage());
            }
        }
        synchronized (delivery) {
            position = id;
            if (message != null) {
                sessions.record(id, message);
            }
            if (own) {
                StreamLine.Entry entry = line.returned(fields.getOrDefault(StreamLine.NUMBER, ""));
                if (entry != null) {
                    entry.run(id);
                }
            } else if (message != null) {
                receiver().onMessage(message, id);
            }
        }
    }

    private void send(String channel, ClusterMessage message) {
        var unused = link.publish(Kind.CHANNEL, channel, ClusterCodec.encodeMsgpack(message))
                .exceptionally(error -> null);
    }

    @Override
    public void respond(String requester, ClusterMessage response) {
        if (open) {
            send(channel() + requester + "#", response);
        }
    }

    private void onMessage(String channel, byte[] bytes) {
        try {
            ClusterMessage message = ClusterCodec.decode(bytes);
            if (message == null) {
                return;
            }
            if (message.type() == ClusterMessage.Type.DISCONNECT_SOCKETS && channel.equals(channel() + uid() + "#")) {
                taken(message);
            } else {
                receiver().onMessage(message, null);
            }
        } catch (DecodeException e) {
            link.countRefused(channel + ": " + e.getMessage());
        }
    }

    @Override
    public void followSession(String sid, Supplier<Session> session, Duration maxDisconnectionDuration) {
        FollowedSessions ahead = followed;
        if (ahead != null) {
            ahead.follow(sid, session, maxDisconnectionDuration);
        }
    }

    @Override
    public void sessionChanged(String sid) {
        FollowedSessions ahead = followed;
        if (ahead != null) {
            ahead.changed(sid);
        }
    }

    @Override
    public void forgetSession(String sid, String pid) {
        FollowedSessions ahead = followed;
        if (ahead != null) {
            ahead.forget(sid, pid);
        }
    }

    /** A server has taken sessions that this one holds: only servers of this kind send that. */
    private void taken(ClusterMessage message) {
        try {
            ClusterDocuments.options(message.data().get("opts")).rooms().forEach(this::taken);
        } catch (IllegalArgumentException e) {
            link.countRefused("taken over: " + e.getMessage());
        }
    }

    /** The client of this socket is at another server now, what it left here is no use to anybody. */
    private void taken(String sid) {
        LocalSocket socket = receiver().namespace().socket(sid);
        if (socket != null) {
            socket.disconnect(true);
        }
    }

    /** Tells the server that held a session, which may be alive or wake up, to let it go. */
    private void takeOver(String holder, String sid) {
        if (open && !holder.equals(uid())) {
            Map<String, @Nullable Object> data = new LinkedHashMap<>(4);
            data.put(
                    "opts", ClusterDocuments.options(new BroadcastOptions(Set.of(sid), Set.of(), BroadcastFlags.NONE)));
            data.put("close", true);
            respond(
                    holder,
                    new ClusterMessage(
                            uid(), receiver().namespace().name(), ClusterMessage.Type.DISCONNECT_SOCKETS, data));
        }
    }

    @Override
    public void persistSession(Session session, Duration maxDisconnectionDuration) {
        sessions.persist(session, maxDisconnectionDuration);
    }

    @Override
    public CompletableFuture<@Nullable RestoredSession> restoreSession(String pid, @Nullable String offset) {
        return sessions.restore(pid, offset, receiver().namespace().name(), () -> position);
    }

    @Override
    public @Nullable String currentOffset() {
        String now = position;
        return now.equals(StreamIds.START) ? null : now;
    }
}
