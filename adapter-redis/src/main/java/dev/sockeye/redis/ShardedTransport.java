package dev.sockeye.redis;

import dev.sockeye.redis.RedisConnections.Kind;
import dev.sockeye.redis.ShardedRedisAdapterOptions.SubscriptionMode;
import dev.sockeye.socketio.adapter.RoomListener;
import dev.sockeye.socketio.adapter.cluster.ClusterCodec;
import dev.sockeye.socketio.adapter.cluster.ClusterHealth;
import dev.sockeye.socketio.adapter.cluster.ClusterMessage;
import dev.sockeye.socketio.adapter.cluster.ClusterTransport;
import dev.sockeye.socketio.protocol.DecodeException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The channels of {@code createShardedAdapter}. */
final class ShardedTransport implements ClusterTransport {
    /** The length of socket ids, which is the only way to recognize the room of a single socket. */
    private static final int ID_LENGTH = 20;

    private final RedisLink link;
    private final ShardedRedisAdapterOptions options;
    private final RoomListener rooms = new RoomListener() {
        @Override
        public void onCreateRoom(String room) {
            refresh(room);
        }

        @Override
        public void onDeleteRoom(String room) {
            refresh(room);
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

    /** The channel of a room is subscribed if and only if the adapter has the room. */
    private void refresh(String room) {
        if (!hasChannel(room)) {
            return;
        }
        boolean wanted;
        do {
            wanted = isWanted(room);
            var unused = wanted
                    ? link.subscribe(Kind.SHARD, channel(room), this, this::onMessage)
                    : link.unsubscribe(Kind.SHARD, channel(room), this);
        } while (wanted != isWanted(room)); // changed in the meantime
    }

    private boolean isWanted(String room) {
        return open && receiver().local().hasRoom(room);
    }

    @Override
    public CompletableFuture<Void> start(Receiver given) {
        receiver = given;
        open = true; // before, as it may be closed by another thread meanwhile
        if (options.subscriptionMode() != SubscriptionMode.STATIC) {
            given.local().addRoomListener(rooms);
        }
        CompletableFuture<Void> connected;
        try {
            connected = link.retain();
        } catch (RuntimeException | Error e) {
            open = false; // nothing is held
            given.local().removeRoomListener(rooms);
            throw e;
        }
        return connected
                .thenCompose(ready -> {
                    given.local().rooms().keySet().forEach(this::refresh);
                    return CompletableFuture.allOf(
                            link.subscribe(Kind.SHARD, channel(), this, this::onMessage),
                            link.subscribe(Kind.SHARD, channel(given.uid()), this, this::onMessage));
                })
                .thenCompose(done -> open ? CompletableFuture.completedFuture(null) : link.unsubscribeAll(this));
    }

    @Override
    public CompletableFuture<Void> close() {
        if (!open) {
            return CompletableFuture.completedFuture(null);
        }
        open = false;
        receiver().local().removeRoomListener(rooms);
        return link.unsubscribeAll(this).thenCompose(done -> link.release());
    }

    @Override
    public boolean supportsServerCount() {
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
        var unused = link.publish(Kind.SHARD, channel, ClusterCodec.encode(message));
    }

    private String channelOf(ClusterMessage message) {
        if (message instanceof ClusterMessage.Broadcast broadcast
                && broadcast.requestId() == null
                && broadcast.to().rooms().size() == 1) {
            String room = broadcast.to().rooms().iterator().next();
            if (hasChannel(room)) {
                return channel(room);
            }
        }
        return channel();
    }

    @Override
    public void respond(String requester, ClusterMessage.Response response) {
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
            link.problems().countRefused(channel + ": " + e.getMessage());
        }
    }
}
