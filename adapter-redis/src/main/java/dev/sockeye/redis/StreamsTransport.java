package dev.sockeye.redis;

import dev.sockeye.redis.RedisConnections.Kind;
import dev.sockeye.socketio.adapter.LocalSocket;
import dev.sockeye.socketio.adapter.Session;
import dev.sockeye.socketio.adapter.cluster.ClusterCodec;
import dev.sockeye.socketio.adapter.cluster.ClusterHealth;
import dev.sockeye.socketio.adapter.cluster.ClusterMessage;
import dev.sockeye.socketio.adapter.cluster.ClusterTransport;
import dev.sockeye.socketio.protocol.DecodeException;
import dev.sockeye.socketio.protocol.Payload;
import dev.sockeye.socketio.protocol.RawDocument;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The entries and channels of {@code @socket.io/redis-streams-adapter}. Broadcasts and room changes are entries of a
 * stream; requests and responses use channels.
 *
 * <p>With connection state recovery, the entries of this server are handled when they come back from the stream: so
 * each client receives all events in the order of their offsets, and its last offset determines exactly which events it
 * has received.
 */
final class StreamsTransport implements ClusterTransport {
    private final RedisLink link;
    private final StreamAppender line;
    private final RedisStreamsAdapterOptions options;
    /** Of requests and answers. */
    private final Kind channels;

    private final StreamSessions sessions;
    private final TakeOvers takeOvers;
    private @Nullable Receiver receiver;
    private volatile boolean open;
    private volatile @Nullable LiveSessions followed;

    StreamsTransport(RedisLink link, StreamAppender line, RedisStreamsAdapterOptions options) {
        this.link = link;
        this.line = line;
        this.options = options;
        this.channels = options.useShardedPubSub() ? Kind.SHARD : Kind.CHANNEL;
        this.sessions = new StreamSessions(link, line.key(), options);
        this.takeOvers = new TakeOvers(link, this::ask);
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

    private String channel(String server) {
        return channel() + server + "#";
    }

    @Override
    public CompletableFuture<Void> start(Receiver given) {
        receiver = given;
        open = true; // before, as it may be closed by another thread meanwhile
        CompletableFuture<Void> connected;
        try {
            connected = link.retain();
        } catch (RuntimeException | Error e) {
            open = false; // nothing is held
            throw e;
        }
        if (!options.sessionRefresh().isZero()) {
            followed = sessions.follow(given.uid(), this::taken);
        }
        String name = given.namespace().name();
        return connected
                .thenCompose(ready -> line.reader().add(name, this))
                .thenCompose(ready -> CompletableFuture.allOf(
                        link.subscribe(channels, channel(), this, this::onMessage),
                        link.subscribe(channels, channel(given.uid()), this, this::onMessage)))
                .thenCompose(done -> open ? CompletableFuture.completedFuture(null) : leave());
    }

    @Override
    public CompletableFuture<Void> close() {
        if (!open) {
            return CompletableFuture.completedFuture(null);
        }
        open = false;
        CompletableFuture<Void> drained = new CompletableFuture<>();
        drain(drained, 100);
        return drained.thenCompose(done -> leave()).thenCompose(gone -> link.release());
    }

    private CompletableFuture<Void> leave() {
        line.reader().remove(receiver().namespace().name(), this);
        return link.unsubscribeAll(this);
    }

    private void drain(CompletableFuture<Void> drained, int times) {
        if (line.queued() == 0 || times == 0 || !link.connected()) {
            drained.complete(null);
        } else {
            link.later(Duration.ofMillis(10), () -> drain(drained, times - 1));
        }
    }

    @Override
    public boolean supportsServerCount() {
        return true;
    }

    @Override
    public CompletableFuture<Integer> serverCount() {
        return open ? link.subscribers(channels, channel()) : CompletableFuture.completedFuture(1);
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
        if (isKept(message)) {
            line.add(fields(message), receiver().namespace().recovery() != null, local);
            return;
        }
        try {
            send(channel(), message);
        } finally {
            local.accept(null);
        }
    }

    private static boolean isKept(ClusterMessage message) {
        return (message instanceof ClusterMessage.Broadcast && message.requestId() == null)
                || message instanceof ClusterMessage.SocketsJoin
                || message instanceof ClusterMessage.SocketsLeave
                || message instanceof ClusterMessage.DisconnectSockets;
    }

    static Map<String, String> fields(ClusterMessage message) {
        Map<String, String> fields = new LinkedHashMap<>(8);
        fields.put("uid", message.uid());
        fields.put("nsp", message.namespace());
        fields.put("type", Integer.toString(ClusterCodec.type(message)));
        Map<String, @Nullable Object> content = ClusterCodec.data(message);
        if (!content.isEmpty()) {
            byte[] data = ClusterCodec.encodeDocument(content);
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
        if (uid == null || namespace == null || type == null) {
            throw new DecodeException("not a cluster message");
        }
        try {
            return ClusterCodec.decode(uid, namespace, Integer.parseInt(type), content(fields.get("data")));
        } catch (IllegalArgumentException e) {
            throw new DecodeException("not a cluster message");
        }
    }

    private static Map<String, Payload> content(@Nullable String text) throws DecodeException {
        if (text == null || text.isEmpty()) {
            return Map.of();
        }
        byte[] document = text.startsWith("{")
                ? RedisLink.bytes(text)
                : Base64.getDecoder().decode(text);
        return RawDocument.fields(document);
    }

    /** An entry of this namespace, on the thread that reads the stream. */
    void onEntry(String id, Map<String, String> fields) {
        if (uid().equals(fields.get("uid"))) {
            StreamEntry entry = line.returned(fields.getOrDefault(StreamAppender.NUMBER, ""));
            if (entry != null) {
                entry.run(id);
                return;
            }
        }
        try {
            ClusterMessage message = message(fields);
            if (message != null) {
                receiver().onMessage(message, id);
            }
        } catch (DecodeException e) {
            link.problems().countRefused("entry " + id + ": " + e.getMessage());
        }
    }

    private void send(String channel, ClusterMessage message) {
        var unused = link.publish(channels, channel, ClusterCodec.encodeMsgpack(message));
    }

    @Override
    public void respond(String requester, ClusterMessage.Response response) {
        ask(requester, response);
    }

    /** Sends a message to one server. */
    private void ask(String server, ClusterMessage message) {
        if (open) {
            send(channel(server), message);
        }
    }

    private void onMessage(String channel, byte[] bytes) {
        try {
            ClusterMessage message = ClusterCodec.decode(bytes);
            if (message == null) {
                return;
            }
            if (message instanceof ClusterMessage.DisconnectSockets taken && channel.equals(channel(uid()))) {
                taken.to().rooms().forEach(this::sessionChanged); // only sent by servers of this kind; it may be late
            } else if (!takeOvers.isAnswer(message)) {
                receiver().onMessage(message, null);
            }
        } catch (DecodeException e) {
            link.problems().countRefused(channel + ": " + e.getMessage());
        }
    }

    @Override
    public void followSession(String sid, Supplier<Session> session, Duration maxDisconnectionDuration) {
        LiveSessions ahead = followed;
        if (ahead != null) {
            ahead.follow(sid, session, maxDisconnectionDuration);
        }
    }

    @Override
    public void sessionChanged(String sid) {
        LiveSessions ahead = followed;
        if (ahead != null) {
            ahead.changed(sid);
        }
    }

    @Override
    public void forgetSession(String sid, String pid) {
        LiveSessions ahead = followed;
        if (ahead != null) {
            ahead.forget(sid, pid);
        }
    }

    /** The client of this socket is connected to another server now; its socket here is no longer used. */
    private void taken(String sid) {
        LocalSocket socket = receiver().namespace().socket(sid);
        if (socket != null) {
            socket.moved();
        }
    }

    @Override
    public void persistSession(Session session, Duration maxDisconnectionDuration) {
        sessions.persist(session, maxDisconnectionDuration);
    }

    @Override
    public CompletableFuture<@Nullable Session> takeSession(String pid) {
        return takeSession(pid, "");
    }

    @Override
    public CompletableFuture<@Nullable Session> takeSession(String pid, String deadTaker) {
        return sessions.take(pid, deadTaker).thenCompose(kept -> {
            if (kept == null) {
                return CompletableFuture.<@Nullable Session>completedFuture(null);
            }
            Session session = kept.session();
            String holder = kept.holder();
            if (holder == null || !kept.heldByAnotherThan(uid())) {
                return CompletableFuture.<@Nullable Session>completedFuture(session);
            }
            return takeOvers
                    .takeOver(uid(), receiver().namespace().name(), holder, session.sid())
                    .thenApply(gone -> {
                        if (!gone) {
                            sessions.drop(session);
                        }
                        return gone ? session : null;
                    });
        });
    }

    @Override
    public CompletableFuture<Boolean> keepSession(Session session) {
        return sessions.keep(session.pid());
    }

    @Override
    public void dropSession(Session session) {
        sessions.drop(session);
    }

    @Override
    public CompletableFuture<Boolean> readAfter(
            String offset, String until, BiConsumer<String, ClusterMessage> reader) {
        return sessions.readAfter(offset, until, receiver().namespace().name(), reader);
    }

    @Override
    public boolean isOffset(String text) {
        return StreamIds.isId(text);
    }

    @Override
    public int compareOffsets(String one, String other) {
        return StreamIds.compare(one, other);
    }

    /** Everything up to this entry was delivered, so a namespace without events advances too. */
    @Override
    public @Nullable String startOffset() {
        String last = line.reader().lastId();
        return last == null || last.equals(StreamIds.START) ? null : last;
    }
}
