package dev.sockeye.redis;

import dev.sockeye.redis.RedisWires.Kind;
import dev.sockeye.socketio.adapter.BroadcastFlags;
import dev.sockeye.socketio.adapter.BroadcastOptions;
import dev.sockeye.socketio.adapter.ClusterCodec;
import dev.sockeye.socketio.adapter.ClusterDocuments;
import dev.sockeye.socketio.adapter.ClusterHealth;
import dev.sockeye.socketio.adapter.ClusterMessage;
import dev.sockeye.socketio.adapter.ClusterTransport;
import dev.sockeye.socketio.protocol.BindingException;
import dev.sockeye.socketio.protocol.DecodeException;
import dev.sockeye.socketio.protocol.Msgpack;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The channels and messages of {@code @socket.io/redis-adapter}: a form of their own for what cluster messages say. */
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
        open = true;
        return link.retain()
                .thenCompose(ready -> CompletableFuture.allOf(
                        link.subscribe(Kind.PATTERN, now.pattern(), this::onBroadcast),
                        link.subscribe(Kind.CHANNEL, now.request(), this::onRequest),
                        link.subscribe(Kind.CHANNEL, now.response(), this::onResponse),
                        link.subscribe(Kind.CHANNEL, now.response(given.uid()), this::onResponse)));
    }

    @Override
    public CompletableFuture<Void> close() {
        if (!open) {
            return CompletableFuture.completedFuture(null);
        }
        open = false;
        return CompletableFuture.allOf(
                        link.unsubscribe(Kind.PATTERN, names().pattern()),
                        link.unsubscribe(Kind.CHANNEL, names().request()),
                        link.unsubscribe(Kind.CHANNEL, names().response()),
                        link.unsubscribe(
                                Kind.CHANNEL, names().response(receiver().uid())))
                .thenCompose(done -> link.release());
    }

    @Override
    public boolean countsServers() {
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
        var unused = link.publish(Kind.CHANNEL, channel, message).exceptionally(error -> null);
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
        PubSubForm.Outgoing outgoing = PubSubForm.encode(message, names());
        if (outgoing != null) {
            send(outgoing.channel(), outgoing.bytes());
        }
    }

    @Override
    public void respond(String requester, ClusterMessage response) {
        if (!open) {
            return;
        }
        Map<String, @Nullable Object> answer = new LinkedHashMap<>(4);
        String channel = options.publishOnSpecificResponseChannel() ? names().response(requester) : names().response();
        byte[] bytes;
        switch (response.type()) {
            case FETCH_SOCKETS_RESPONSE -> {
                answer.put("requestId", response.requestId());
                answer.put("sockets", response.data().get("sockets"));
                answer.put("uid", response.uid()); // Node's servers do not sign, and do not look at it
                bytes = PubSubForm.json(answer);
            }
            case SERVER_SIDE_EMIT_RESPONSE -> {
                answer.put("type", PubSubNames.SERVER_SIDE_EMIT);
                answer.put("requestId", response.requestId());
                if (response.data().containsKey("packet")) {
                    answer.put("data", response.data().get("packet"));
                }
                answer.put("uid", response.uid());
                channel = names().response();
                bytes = PubSubForm.json(answer);
            }
            case BROADCAST_CLIENT_COUNT -> {
                answer.put("type", PubSubNames.CLIENT_COUNT);
                answer.put("requestId", response.requestId());
                answer.put("clientCount", response.data().get("clientCount"));
                bytes = PubSubForm.json(answer);
            }
            default -> {
                answer.put("type", PubSubNames.ACK);
                answer.put("requestId", response.requestId());
                if (response.data().containsKey("packet")) {
                    answer.put("packet", response.data().get("packet"));
                }
                bytes = Msgpack.encode(answer);
            }
        }
        send(channel, bytes);
    }

    private void onBroadcast(String channel, byte[] message) {
        String room = names().room(channel);
        if (room == null || (!room.isEmpty() && !receiver().local().hasRoom(room)) || isOwn(message)) {
            return;
        }
        try {
            if (!(Msgpack.decode(message) instanceof List<?> all)
                    || all.size() < 3
                    || !(all.get(0) instanceof String uid)
                    || !(all.get(1) instanceof Map<?, ?> packet)) {
                throw new DecodeException("not a broadcast");
            }
            Map<String, @Nullable Object> data = new LinkedHashMap<>(4);
            data.put("packet", packet);
            data.put("opts", all.get(2));
            String namespace = packet.get("nsp") instanceof String name ? name : "/";
            receiver().onMessage(new ClusterMessage(uid, namespace, ClusterMessage.Type.BROADCAST, data), null);
        } catch (DecodeException | IllegalArgumentException e) {
            link.countRefused(channel + ": " + e.getMessage());
        }
    }

    /** Whether a broadcast begins with this server's id: Redis sends each one back, to be read no further. */
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
            request(ClusterCodec.decodeDocument(message));
        } catch (DecodeException | IllegalArgumentException | BindingException e) {
            link.countRefused(channel + ": " + e.getMessage());
        }
    }

    private void request(Map<String, @Nullable Object> request) {
        String uid = request.get("uid") instanceof String given ? given : ClusterMessage.EMITTER;
        if (uid.equals(receiver().uid()) || !(request.get("type") instanceof Number type)) {
            return;
        }
        Map<String, @Nullable Object> data = new LinkedHashMap<>(4);
        Object id = request.get("requestId");
        if (id instanceof String) {
            data.put("requestId", id);
        }
        ClusterMessage.Type meant;
        switch (type.intValue()) {
            case PubSubNames.SOCKETS -> {
                var to = new BroadcastOptions(
                        ClusterDocuments.names(request.get("rooms")), Set.of(), BroadcastFlags.NONE);
                var unused = receiver().local().sockets(to.rooms()).thenAccept(found -> answer(id, "sockets", found));
                return;
            }
            case PubSubNames.ALL_ROOMS -> {
                answer(id, "rooms", receiver().local().rooms().keySet());
                return;
            }
            case PubSubNames.REMOTE_JOIN, PubSubNames.REMOTE_LEAVE, PubSubNames.REMOTE_DISCONNECT -> {
                meant = type.intValue() == PubSubNames.REMOTE_JOIN
                        ? ClusterMessage.Type.SOCKETS_JOIN
                        : type.intValue() == PubSubNames.REMOTE_LEAVE
                                ? ClusterMessage.Type.SOCKETS_LEAVE
                                : ClusterMessage.Type.DISCONNECT_SOCKETS;
                move(request, data);
            }
            case PubSubNames.REMOTE_FETCH -> {
                meant = ClusterMessage.Type.FETCH_SOCKETS;
                data.put("opts", request.get("opts"));
            }
            case PubSubNames.SERVER_SIDE_EMIT -> {
                meant = ClusterMessage.Type.SERVER_SIDE_EMIT;
                data.put("packet", request.get("data"));
            }
            case PubSubNames.BROADCAST -> {
                meant = ClusterMessage.Type.BROADCAST;
                data.put("packet", request.get("packet"));
                data.put("opts", request.get("opts"));
            }
            default -> {
                return;
            }
        }
        receiver().onMessage(new ClusterMessage(uid, receiver().namespace().name(), meant, data), null);
        if (request.get("opts") == null && request.get("sid") != null) {
            answer(id, null, null);
        }
    }

    /** The options and rooms; older servers name one socket and one room. */
    private static void move(Map<String, @Nullable Object> request, Map<String, @Nullable Object> data) {
        if (request.get("opts") == null && request.get("sid") instanceof String sid) {
            data.put("opts", Map.of("rooms", List.of(sid), "except", List.of()));
            Object room = request.get("room");
            data.put("rooms", room == null ? List.of() : List.of(room));
        } else {
            data.put("opts", request.get("opts"));
            data.put("rooms", request.get("rooms"));
        }
        data.put("close", request.get("close"));
    }

    private void answer(@Nullable Object id, @Nullable String key, @Nullable Object value) {
        if (id instanceof String) {
            Map<String, @Nullable Object> answer = new LinkedHashMap<>(2);
            answer.put("requestId", id);
            if (key != null) {
                answer.put(key, value);
            }
            send(names().response(), PubSubForm.json(answer));
        }
    }

    private void onResponse(String channel, byte[] message) {
        try {
            Map<String, @Nullable Object> answer = ClusterCodec.decodeDocument(message);
            Map<String, @Nullable Object> data = new LinkedHashMap<>(4);
            data.put("requestId", answer.get("requestId"));
            int type = answer.get("type") instanceof Number number ? number.intValue() : PubSubNames.SOCKETS;
            ClusterMessage.Type meant;
            if (type == PubSubNames.SERVER_SIDE_EMIT) {
                meant = ClusterMessage.Type.SERVER_SIDE_EMIT_RESPONSE;
                copy(answer, "data", data, "packet");
            } else if (type == PubSubNames.CLIENT_COUNT) {
                meant = ClusterMessage.Type.BROADCAST_CLIENT_COUNT;
                copy(answer, "clientCount", data, "clientCount");
            } else if (type == PubSubNames.ACK) {
                meant = ClusterMessage.Type.BROADCAST_ACK;
                copy(answer, "packet", data, "packet");
            } else if (answer.get("sockets") instanceof List<?> sockets
                    && sockets.stream().allMatch(socket -> socket instanceof Map)) {
                meant = ClusterMessage.Type.FETCH_SOCKETS_RESPONSE;
                data.put("sockets", sockets);
            } else {
                return;
            }
            String uid = answer.get("uid") instanceof String given ? given : "";
            receiver().onMessage(new ClusterMessage(uid, receiver().namespace().name(), meant, data), null);
        } catch (DecodeException e) {
            link.countRefused(channel + ": " + e.getMessage());
        }
    }

    private static void copy(
            Map<String, @Nullable Object> from, String key, Map<String, @Nullable Object> to, String other) {
        if (from.containsKey(key)) {
            to.put(other, from.get(key));
        }
    }
}
