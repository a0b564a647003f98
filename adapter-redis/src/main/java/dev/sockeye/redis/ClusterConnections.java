package dev.sockeye.redis;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.ClusterTopologyRefreshOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.SlotHash;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.models.role.RedisNodeDescription;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.lettuce.core.resource.ClientResources;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Connections to the members of a Redis Cluster. Commands are sent to the member that has their key. Each channel is
 * subscribed at the master of its slot, with one connection for each master. This is checked twice a second, because
 * slots are moved and replicas become masters.
 */
final class ClusterConnections implements RedisConnections {
    private static final long CHECK_MILLIS = 500;

    private final RedisClusterClient client;
    private final RedisClient subscribing;
    private final RedisURI seed;
    private final Watcher watcher;
    private final ScheduledExecutorService timers;
    private volatile @Nullable StatefulRedisClusterConnection<byte[], byte[]> commands;
    private volatile boolean closing;
    private volatile boolean whole = true;

    @GuardedBy("this")
    private final Map<String, CompletableFuture<StatefulRedisPubSubConnection<byte[], byte[]>>> subscribers =
            new HashMap<>();

    private final Placements placements = new Placements(new Members());

    ClusterConnections(
            ClientResources resources,
            List<RedisURI> members,
            Watcher watcher,
            ScheduledExecutorService timers,
            int mostCommands) {
        this.seed = members.get(0);
        this.watcher = watcher;
        this.timers = timers;
        client = RedisClusterClient.create(resources, members);
        ClusterClientOptions.Builder options = ClusterClientOptions.builder()
                .validateClusterNodeMembership(false)
                .topologyRefreshOptions(ClusterTopologyRefreshOptions.builder()
                        .enablePeriodicRefresh(Duration.ofSeconds(10))
                        .adaptiveRefreshTriggersTimeout(Duration.ofMillis(500))
                        .build());
        RedisConnections.configure(options, mostCommands);
        client.setOptions(options.build());
        subscribing = RedisClient.create(resources);
        ClientOptions.Builder simple = ClientOptions.builder();
        RedisConnections.configure(simple, mostCommands);
        subscribing.setOptions(simple.build());
    }

    /**
     * Opens a connection to each master in advance, because Lettuce rejects the first command to a member that it is
     * not connected to.
     */
    private CompletableFuture<StatefulRedisClusterConnection<byte[], byte[]>> connect() {
        return client.connectAsync(ByteArrayCodec.INSTANCE)
                .thenCompose(connection -> reach(connection).thenApply(done -> connection));
    }

    private CompletableFuture<Void> reach(StatefulRedisClusterConnection<byte[], byte[]> connection) {
        return CompletableFuture.allOf(masters().stream()
                .map(master -> connection
                        .getConnectionAsync(
                                master.getUri().getHost(), master.getUri().getPort())
                        .handle((open, error) -> null))
                .toArray(CompletableFuture<?>[]::new));
    }

    @Override
    public CompletableFuture<Void> open() {
        return client.refreshPartitionsAsync()
                .toCompletableFuture()
                .thenCompose(done -> connect())
                .thenAccept(connection -> {
                    commands = connection;
                    var unused = timers.scheduleWithFixedDelay(
                            RedisLink.guarded(this::check), CHECK_MILLIS, CHECK_MILLIS, TimeUnit.MILLISECONDS);
                });
    }

    private void lost() {
        if (!closing && commands != null && whole) {
            whole = false;
            watcher.onDisconnected("the connection to a member of the Redis Cluster was lost");
        }
    }

    /** Unless the next check has already renewed everything. */
    private void lostSubscriber() {
        if (placements.isMissing()) {
            lost();
        }
    }

    private List<RedisClusterNode> masters() {
        List<RedisClusterNode> masters = new ArrayList<>();
        for (RedisClusterNode member : client.getPartitions().getPartitions()) {
            if (member.getRole().isUpstream() && !member.hasNoSlots()) {
                masters.add(member);
            }
        }
        return masters;
    }

    @Override
    public boolean isOpen() {
        StatefulRedisClusterConnection<byte[], byte[]> connection = commands;
        return connection != null && connection.isOpen();
    }

    @Override
    public @Nullable RedisClusterAsyncCommands<byte[], byte[]> commands() {
        StatefulRedisClusterConnection<byte[], byte[]> connection = commands;
        return connection == null ? null : connection.async();
    }

    @Override
    public CompletableFuture<Dedicated> dedicated() {
        return connect().thenApply(connection -> new Dedicated(connection.async(), connection::closeAsync));
    }

    @Override
    public CompletableFuture<Void> subscribe(Topic topic) {
        return placements.subscribe(topic).whenComplete((done, error) -> {
            if (error == null) {
                watcher.onSubscribed();
            } else {
                watcher.onSubscriptionFailed(error);
            }
        });
    }

    @Override
    public CompletableFuture<Void> unsubscribe(Topic topic) {
        return placements.unsubscribe(topic);
    }

    private @Nullable RedisClusterNode master(String id) {
        for (RedisClusterNode master : masters()) {
            if (master.getNodeId().equals(id)) {
                return master;
            }
        }
        return null;
    }

    @GuardedBy("this")
    private CompletableFuture<StatefulRedisPubSubConnection<byte[], byte[]>> subscriber(RedisClusterNode member) {
        return subscribers.computeIfAbsent(
                member.getNodeId(),
                id -> subscribing
                        .connectPubSubAsync(
                                ByteArrayCodec.INSTANCE,
                                RedisURI.builder(seed)
                                        .withHost(member.getUri().getHost())
                                        .withPort(member.getUri().getPort())
                                        .build())
                        .toCompletableFuture()
                        .thenApply(connection -> {
                            connection.addListener(new Messages(watcher));
                            connection.addListener(new Moves(id));
                            connection.addListener(new Returns(id));
                            return connection;
                        }));
    }

    /** Subscribes at the masters, with one connection for each. */
    private final class Members implements Placements.Members {

        /** A sharded channel belongs to the master of its slot; all masters have the messages of the others. */
        @Override
        public @Nullable String locate(Topic topic, @Nullable String at) {
            if (at != null && topic.kind() != Kind.SHARD && master(at) != null) {
                return at;
            }
            RedisClusterNode member = client.getPartitions().getMasterBySlot(SlotHash.getSlot(topic.bytes()));
            return member == null ? null : member.getNodeId();
        }

        @Override
        public CompletionStage<Void> subscribe(String id, Topic topic) {
            RedisClusterNode member = master(id);
            CompletableFuture<StatefulRedisPubSubConnection<byte[], byte[]>> connection;
            synchronized (ClusterConnections.this) {
                connection = closing || member == null ? null : subscriber(member);
            }
            return connection == null
                    ? CompletableFuture.failedFuture(new IllegalStateException("no member has " + topic.name()))
                    : connection.thenCompose(open -> topic.subscribe(open.async()));
        }

        @Override
        public CompletionStage<Void> unsubscribe(String id, Topic topic) {
            CompletableFuture<StatefulRedisPubSubConnection<byte[], byte[]>> connection;
            synchronized (ClusterConnections.this) {
                connection = subscribers.get(id);
            }
            return connection == null
                    ? CompletableFuture.completedFuture(null)
                    : connection
                            .thenCompose(open -> topic.unsubscribe(open.async()))
                            .exceptionallyCompose(error -> isMoved(error)
                                    ? CompletableFuture.completedFuture(
                                            null) // it has removed the subscription with the slot
                                    : CompletableFuture.failedFuture(error));
        }

        private static boolean isMoved(Throwable error) {
            Throwable cause =
                    error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
            return cause instanceof RedisCommandExecutionException
                    && String.valueOf(cause.getMessage()).startsWith("MOVED");
        }
    }

    /**
     * Moves subscriptions to the current masters of their slots and removes former masters; returns whether all
     * channels are subscribed.
     */
    private void check() {
        if (closing) {
            return;
        }
        List<RedisClusterNode> masters = masters();
        List<String> gone = new ArrayList<>();
        boolean well = !masters.isEmpty();
        synchronized (this) {
            Iterator<Map.Entry<String, CompletableFuture<StatefulRedisPubSubConnection<byte[], byte[]>>>> known =
                    subscribers.entrySet().iterator();
            while (known.hasNext()) {
                var entry = known.next();
                var connection = entry.getValue();
                boolean master =
                        masters.stream().anyMatch(one -> one.getNodeId().equals(entry.getKey()));
                if (!master || connection.isCompletedExceptionally()) {
                    known.remove();
                    gone.add(entry.getKey());
                    var unused = connection.thenCompose(StatefulRedisPubSubConnection::closeAsync);
                    well = well && !master;
                } else if (connection.isDone() && !connection.join().isOpen()) {
                    well = false;
                }
            }
        }
        gone.forEach(placements::gone);
        well &= placements.settle();
        StatefulRedisClusterConnection<byte[], byte[]> connection = commands;
        if (connection != null) {
            var unused = reach(connection);
        }
        if (!well) {
            lost();
            var unused = client.refreshPartitionsAsync();
        } else if (!whole) {
            whole = true;
            watcher.onConnected();
        }
    }

    @Override
    public CompletableFuture<Integer> subscribers(Kind kind, String channel) {
        StatefulRedisClusterConnection<byte[], byte[]> connection = commands;
        if (connection == null) {
            return CompletableFuture.failedFuture(new IllegalStateException("Redis cannot be reached"));
        }
        byte[] name = RedisLink.bytes(channel);
        CompletableFuture<Integer> sum = CompletableFuture.completedFuture(0);
        for (RedisNodeDescription master : masters()) {
            CompletableFuture<StatefulRedisConnection<byte[], byte[]>> member = connection.getConnectionAsync(
                    master.getUri().getHost(), master.getUri().getPort());
            sum = sum.thenCombine(
                    member.thenCompose(open -> kind == Kind.SHARD
                            ? open.async().pubsubShardNumsub(name)
                            : open.async().pubsubNumsub(name)),
                    (before, counts) -> before + StandaloneConnections.sum(counts));
        }
        return sum;
    }

    @Override
    public CompletableFuture<Void> close() {
        closing = true;
        placements.close();
        return subscribing
                .shutdownAsync(0, 2, TimeUnit.SECONDS)
                .thenCompose(done -> client.shutdownAsync(0, 2, TimeUnit.SECONDS))
                .whenComplete((done, error) -> commands = null);
    }

    /** A master has reported that a channel's slot was moved. */
    private final class Moves extends RedisPubSubAdapter<byte[], byte[]> {
        private final String member;

        Moves(String member) {
            this.member = member;
        }

        @Override
        public void sunsubscribed(byte[] channel, long count) {
            Topic topic = new Topic(Kind.SHARD, RedisLink.text(channel));
            placements.removed(member, topic);
        }
    }

    /**
     * Notices a lost connection at once: it may be back before the next check. Lettuce renews the subscriptions of a reopened one, but
     * only once: a member that was just started refuses them, because it does not know the others yet.
     */
    private final class Returns implements RedisConnectionStateListener {
        private final String member;

        Returns(String member) {
            this.member = member;
        }

        @Override
        public void onRedisConnected(RedisChannelHandler<?, ?> connection, SocketAddress address) {
            placements.lost(member);
        }

        @Override
        public void onRedisDisconnected(RedisChannelHandler<?, ?> connection) {
            if (closing) {
                return;
            }
            placements.lost(member);
            try {
                timers.execute(RedisLink.guarded(ClusterConnections.this::lostSubscriber));
            } catch (RejectedExecutionException e) {
                // closed concurrently
            }
        }
    }
}
