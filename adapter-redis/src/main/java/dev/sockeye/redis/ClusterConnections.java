package dev.sockeye.redis;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
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
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
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

    /** Where a channel is subscribed. */
    private record Place(String member, boolean confirmed) {}

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

    @GuardedBy("this")
    private final Map<Topic, @Nullable Place> topics = new HashMap<>();

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
        synchronized (this) {
            topics.putIfAbsent(topic, null);
        }
        return place(topic);
    }

    @Override
    public CompletableFuture<Void> unsubscribe(Topic topic) {
        CompletableFuture<StatefulRedisPubSubConnection<byte[], byte[]>> connection;
        synchronized (this) {
            Place place = topics.remove(topic);
            connection = place == null ? null : subscribers.get(place.member);
        }
        return connection == null
                ? CompletableFuture.completedFuture(null)
                : connection.thenCompose(open -> topic.unsubscribe(open.async()));
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
                            return connection;
                        }));
    }

    /** Subscribes a channel at the current master of its slot. */
    private CompletableFuture<Void> place(Topic topic) {
        RedisClusterNode member = client.getPartitions().getMasterBySlot(SlotHash.getSlot(topic.bytes()));
        if (member == null) {
            return CompletableFuture.failedFuture(
                    new IllegalStateException("no member has the slot of " + topic.name()));
        }
        String id = member.getNodeId();
        CompletableFuture<StatefulRedisPubSubConnection<byte[], byte[]>> connection;
        CompletableFuture<StatefulRedisPubSubConnection<byte[], byte[]>> former = null;
        synchronized (this) {
            if (closing || !topics.containsKey(topic)) {
                return CompletableFuture.completedFuture(null);
            }
            Place place = topics.get(topic);
            if (place != null && place.member.equals(id)) {
                return CompletableFuture.completedFuture(null);
            }
            if (place != null && place.confirmed) {
                former = subscribers.get(place.member);
            }
            connection = subscriber(member);
            topics.put(topic, new Place(id, false));
        }
        if (former != null) {
            var unused = former.thenCompose(open -> topic.unsubscribe(open.async()));
        }
        return connection.thenCompose(open -> topic.subscribe(open.async())).whenComplete((done, error) -> {
            synchronized (this) {
                if (new Place(id, false).equals(topics.get(topic))) {
                    topics.put(topic, error == null ? new Place(id, true) : null);
                }
            }
            if (error != null) {
                watcher.onSubscriptionFailed(error);
            }
        });
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
        List<Topic> all;
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
                    topics.replaceAll(
                            (topic, place) -> place != null && place.member.equals(entry.getKey()) ? null : place);
                    var unused = connection.thenCompose(StatefulRedisPubSubConnection::closeAsync);
                    well = well && !master;
                } else if (connection.isDone() && !connection.join().isOpen()) {
                    well = false;
                }
            }
            all = new ArrayList<>(topics.keySet());
        }
        for (Topic topic : all) {
            var unused = place(topic);
        }
        StatefulRedisClusterConnection<byte[], byte[]> connection = commands;
        if (connection != null) {
            var unused = reach(connection);
        }
        synchronized (this) {
            well = well && topics.values().stream().allMatch(place -> place != null && place.confirmed);
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
            synchronized (ClusterConnections.this) {
                Topic topic = new Topic(Kind.SHARD, RedisLink.text(channel));
                if (new Place(member, true).equals(topics.get(topic))) {
                    topics.put(topic, null);
                }
            }
        }
    }
}
