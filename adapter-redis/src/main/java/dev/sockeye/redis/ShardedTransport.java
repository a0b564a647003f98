package dev.sockeye.redis;

import dev.sockeye.redis.RedisWires.Kind;
import dev.sockeye.redis.ShardedRedisAdapterOptions.SubscriptionMode;
import dev.sockeye.socketio.adapter.ClusterCodec;
import dev.sockeye.socketio.adapter.ClusterDocuments;
import dev.sockeye.socketio.adapter.ClusterHealth;
import dev.sockeye.socketio.adapter.ClusterMessage;
import dev.sockeye.socketio.adapter.ClusterTransport;
import dev.sockeye.socketio.adapter.RoomListener;
import dev.sockeye.socketio.protocol.DecodeException;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The channels of {@code createShardedAdapter}. */
final class ShardedTransport implements ClusterTransport {
    /** How long the id of a socket is: by that alone the room of one socket is known. */
    private static final int ID_LENGTH = 20;

    private final RedisLink link;
    private final ShardedRedisAdapterOptions options;
    private final RoomListener rooms = new RoomListener() {
        @Override
        public void onCreateRoom(String room) {
            if (hasChannel(room)) {
                var unused = link.subscribe(Kind.SHARD, channel(room), ShardedTransport.this::onMessage);
            }
        }

        @Override
        public void onDeleteRoom(String room) {
            if (hasChannel(room)) {
                var unused = link.unsubscribe(Kind.SHARD, channel(room));
            }
        }
    };
    private @Nullable Receiver receiver;
    private volatile boolean open;

    ShardedTransport(RedisLink link, ShardedRedisAdapterOptions options) {
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

    private String channel() {
        return options.channelPrefix() + "#" + receiver().namespace().name() + "#";
    }

    private String channel(String roomOrServer) {
        return channel() + roomOrServer + "#";
    }

    private boolean hasChannel(String room) {
        return switch (options.subscriptionMode()) {
            case STATIC -> false;
            case DYNAMIC -> room.length() != ID_LENGTH;
            case DYNAMIC_PRIVATE -> true;
        };
    }

    @Override
    public CompletableFuture<Void> start(Receiver given) {
        receiver = given;
        open = true;
        if (options.subscriptionMode() != SubscriptionMode.STATIC) {
            given.local().addRoomListener(rooms);
        }
        return link.retain().thenCompose(ready -> {
            given.local().rooms().keySet().forEach(rooms::onCreateRoom);
            return CompletableFuture.allOf(
                    link.subscribe(Kind.SHARD, channel(), this::onMessage),
                    link.subscribe(Kind.SHARD, channel(given.uid()), this::onMessage));
        });
    }

    @Override
    public CompletableFuture<Void> close() {
        if (!open) {
            return CompletableFuture.completedFuture(null);
        }
        open = false;
        receiver().local().removeRoomListener(rooms);
        receiver().local().rooms().keySet().forEach(rooms::onDeleteRoom);
        return CompletableFuture.allOf(
                        link.unsubscribe(Kind.SHARD, channel()),
                        link.unsubscribe(Kind.SHARD, channel(receiver().uid())))
                .thenCompose(done -> link.release());
    }

    @Override
    public boolean countsServers() {
        return true;
    }

    @Override
    public CompletableFuture<Integer> serverCount() {
        return open ? link.subscribers(Kind.SHARD, channel()) : CompletableFuture.completedFuture(1);
    }

    @Override
    public ClusterHealth health() {
        return link.health(0);
    }

    @Override
    public void publish(ClusterMessage message, Consumer<@Nullable String> local) {
        try {
            if (open) {
                send(channelOf(message), message);
            }
        } finally {
            local.accept(null);
        }
    }

    private void send(String channel, ClusterMessage message) {
        var unused =
                link.publish(Kind.SHARD, channel, ClusterCodec.encode(message)).exceptionally(error -> null);
    }

    private String channelOf(ClusterMessage message) {
        if (message.type() == ClusterMessage.Type.BROADCAST
                && message.requestId() == null
                && message.data().get("opts") instanceof Map<?, ?> opts) {
            Set<String> to = ClusterDocuments.names(opts.get("rooms"));
            if (to.size() == 1) {
                String room = to.iterator().next();
                if (hasChannel(room)) {
                    return channel(room);
                }
            }
        }
        return channel();
    }

    @Override
    public void respond(String requester, ClusterMessage response) {
        if (open) {
            send(channel(requester), response);
        }
    }

    private void onMessage(String channel, byte[] bytes) {
        try {
            ClusterMessage message = ClusterCodec.decode(bytes);
            if (message != null) {
                receiver().onMessage(message, null);
            }
        } catch (DecodeException e) {
            link.countRefused(channel + ": " + e.getMessage());
        }
    }
}
