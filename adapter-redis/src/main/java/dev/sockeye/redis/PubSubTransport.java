package dev.sockeye.redis;

import dev.sockeye.redis.RedisConnections.Kind;
import dev.sockeye.socketio.adapter.cluster.ClusterDocuments;
import dev.sockeye.socketio.adapter.cluster.ClusterHealth;
import dev.sockeye.socketio.adapter.cluster.ClusterMessage;
import dev.sockeye.socketio.adapter.cluster.ClusterTransport;
import dev.sockeye.socketio.protocol.BindingException;
import dev.sockeye.socketio.protocol.DecodeException;
import dev.sockeye.socketio.protocol.Payload;
import dev.sockeye.socketio.protocol.RawDocument;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Uses the channels and messages of {@code @socket.io/redis-adapter}, which has its own format for cluster messages.
 */
final class PubSubTransport implements ClusterTransport {
    private final RedisLink link;
    private final RedisAdapterOptions options;
    private @Nullable PubSubNames names;
    private @Nullable Receiver receiver;
    private volatile boolean open;

    PubSubTransport(RedisLink link, RedisAdapterOptions options) {
        this.link = link;
        this.options = options;
    }

    private Receiver receiver() {
        Receiver given = receiver;
        if (given == null) {
            throw new IllegalStateException("not started");
        }
        return given;
    }

    private PubSubNames names() {
        PubSubNames given = names;
        if (given == null) {
            throw new IllegalStateException("not started");
        }
        return given;
    }

    @Override
    public CompletableFuture<Void> start(Receiver given) {
        receiver = given;
        PubSubNames now = new PubSubNames(options.key(), given.namespace().name());
        names = now;
        open = true; // before, as it may be closed by another thread meanwhile
        CompletableFuture<Void> connected;
        try {
            connected = link.retain();
        } catch (RuntimeException | Error e) {
            open = false; // nothing is held
            throw e;
        }
        return connected
                .thenCompose(ready -> CompletableFuture.allOf(
                        link.subscribe(Kind.PATTERN, now.pattern(), this, this::onBroadcast),
                        link.subscribe(Kind.CHANNEL, now.request(), this, this::onRequest),
                        link.subscribe(Kind.CHANNEL, now.response(), this, this::onResponse),
                        link.subscribe(Kind.CHANNEL, now.response(given.uid()), this, this::onResponse)))
                .thenCompose(done -> open ? CompletableFuture.completedFuture(null) : link.unsubscribeAll(this));
    }

    @Override
    public CompletableFuture<Void> close() {
        if (!open) {
            return CompletableFuture.completedFuture(null);
        }
        open = false;
        return link.unsubscribeAll(this).thenCompose(done -> link.release());
    }

    @Override
    public boolean supportsServerCount() {
        return true;
    }

    @Override
    public CompletableFuture<Integer> serverCount() {
        return open ? link.subscribers(Kind.CHANNEL, names().request()) : CompletableFuture.completedFuture(1);
    }

    @Override
    public ClusterHealth health() {
        return link.health(0);
    }

    private void send(String channel, byte[] message) {
        var unused = link.publish(Kind.CHANNEL, channel, message);
    }

    @Override
    public void publish(ClusterMessage message, Consumer<@Nullable String> local) {
        if (open) {
            try {
                publish(message);
            } finally {
                local.accept(null);
            }
        } else {
            local.accept(null);
        }
    }

    private void publish(ClusterMessage message) {
        PubSubCodec.Outgoing outgoing = PubSubCodec.encode(message, names());
        if (outgoing != null) {
            send(outgoing.channel(), outgoing.bytes());
        }
    }

    @Override
    public void respond(String requester, ClusterMessage.Response response) {
        if (open) {
            String common = names().response();
            String own = options.publishOnSpecificResponseChannel() ? names().response(requester) : common;
            PubSubCodec.Outgoing outgoing = PubSubCodec.encode(response, own, common);
            send(outgoing.channel(), outgoing.bytes());
        }
    }

    private void onBroadcast(String channel, byte[] message) {
        String room = names().room(channel);
        if (room == null || (!room.isEmpty() && !receiver().local().hasRoom(room)) || isOwn(message)) {
            return;
        }
        try {
            receive(PubSubReader.broadcast(message));
        } catch (DecodeException e) {
            link.problems().countRefused(channel + ": " + e.getMessage());
        }
    }

    private void receive(@Nullable ClusterMessage message) {
        if (message != null) {
            receiver().onMessage(message, null);
        }
    }

    /**
     * Whether a broadcast starts with this server's id: Redis sends each message back to its sender, which ignores it.
     */
    private boolean isOwn(byte[] message) {
        String uid = receiver().uid();
        if (message.length < 2 + uid.length()
                || (message[0] & 0xf0) != 0x90
                || message[1] != (byte) (0xa0 | uid.length())) {
            return false;
        }
        for (int i = 0; i < uid.length(); i++) {
            if (message[2 + i] != uid.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private void onRequest(String channel, byte[] message) {
        try {
            request(RawDocument.fields(message));
        } catch (DecodeException | IllegalArgumentException | BindingException e) {
            link.problems().countRefused(channel + ": " + e.getMessage());
        }
    }

    private void request(Map<String, Payload> request) throws DecodeException {
        String given = PubSubReader.text(request, "uid");
        String uid = given == null ? ClusterMessage.EMITTER : given;
        if (uid.equals(receiver().uid())) {
            return;
        }
        String id = PubSubReader.text(request, "requestId");
        switch (PubSubReader.type(request)) {
            case PubSubNames.SOCKETS -> {
                Payload rooms = request.get("rooms");
                Set<String> names = ClusterDocuments.names(rooms == null ? null : rooms.get());
                var unused = receiver().local().sockets(names).thenAccept(found -> answer(id, "sockets", found));
            }
            case PubSubNames.ALL_ROOMS ->
                answer(id, "rooms", receiver().local().rooms().keySet());
            default -> {
                receive(PubSubReader.request(
                        request, uid, receiver().namespace().name()));
                if (PubSubReader.isOfOneSocket(request)) {
                    answer(id, null, null);
                }
            }
        }
    }

    private void answer(@Nullable String id, @Nullable String key, @Nullable Object value) {
        if (id != null) {
            Map<String, @Nullable Object> answer = new LinkedHashMap<>(2);
            answer.put("requestId", id);
            if (key != null) {
                answer.put(key, value);
            }
            send(names().response(), PubSubCodec.json(answer));
        }
    }

    private void onResponse(String channel, byte[] message) {
        try {
            receive(PubSubReader.answer(message, receiver().namespace().name()));
        } catch (DecodeException e) {
            link.problems().countRefused(channel + ": " + e.getMessage());
        }
    }
}
