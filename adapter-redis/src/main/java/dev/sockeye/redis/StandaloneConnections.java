package dev.sockeye.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.lettuce.core.resource.ClientResources;
import java.net.SocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Connections to one Redis server, or to the master reported by Sentinel: one for commands, one for subscriptions. */
final class StandaloneConnections implements RedisConnections {
    private final RedisClient client;
    private final RedisURI uri;
    private final Watcher watcher;
    private volatile @Nullable StatefulRedisConnection<byte[], byte[]> commands;
    private volatile @Nullable StatefulRedisPubSubConnection<byte[], byte[]> pubSub;
    private volatile boolean closing;

    /** Whether the server was a master: otherwise a replica is what the application has chosen. */
    private volatile boolean mastered;

    StandaloneConnections(ClientResources resources, RedisURI uri, Watcher watcher, int mostCommands) {
        this.uri = uri;
        this.watcher = watcher;
        client = RedisClient.create(resources, uri);
        ClientOptions.Builder options = ClientOptions.builder();
        RedisConnections.configure(options, mostCommands);
        client.setOptions(options.build());
        client.addListener(new States());
    }

    @Override
    public CompletableFuture<Void> open() {
        return client.connectAsync(ByteArrayCodec.INSTANCE, uri)
                .toCompletableFuture()
                .thenCompose(connection -> {
                    commands = connection;
                    return client.connectPubSubAsync(ByteArrayCodec.INSTANCE, uri);
                })
                .<Void>thenApply(connection -> {
                    connection.addListener(new Messages(watcher));
                    pubSub = connection;
                    return null;
                })
                .whenComplete((done, error) -> {
                    StatefulRedisConnection<byte[], byte[]> half = commands;
                    if (error != null && half != null) {
                        commands = null;
                        var unused = half.closeAsync();
                    }
                });
    }

    @Override
    public boolean isOpen() {
        StatefulRedisConnection<byte[], byte[]> connection = commands;
        return connection != null && connection.isOpen() && pubSub != null;
    }

    @Override
    public @Nullable RedisClusterAsyncCommands<byte[], byte[]> commands() {
        StatefulRedisConnection<byte[], byte[]> connection = commands;
        return connection == null ? null : connection.async();
    }

    @Override
    public CompletableFuture<Dedicated> dedicated() {
        return client.connectAsync(ByteArrayCodec.INSTANCE, uri)
                .toCompletableFuture()
                .thenApply(connection -> new Dedicated(connection.async(), connection::closeAsync));
    }

    @Override
    public void reconnect() {
        StatefulRedisConnection<byte[], byte[]> connection = commands;
        StatefulRedisPubSubConnection<byte[], byte[]> subscriber = pubSub;
        if (connection != null && subscriber != null) {
            var unused = connection.async().quit().exceptionally(error -> "closed");
            var unusedToo = subscriber.async().quit().exceptionally(error -> "closed");
        }
    }

    /** A server that has become a replica accepts messages, and passes them to its own subscribers only. */
    @Override
    public CompletableFuture<?> probe() {
        StatefulRedisConnection<byte[], byte[]> connection = commands;
        return connection == null || !connection.isOpen()
                ? CompletableFuture.completedFuture(null)
                : connection.async().role().toCompletableFuture().thenAccept(this::is);
    }

    private void is(List<Object> role) {
        Object name = role.isEmpty() ? "" : role.get(0);
        String text = name instanceof byte[] bytes ? RedisLink.text(bytes) : String.valueOf(name);
        if (text.equals("master")) {
            mastered = true;
        } else if (mastered && text.equals("slave") && !closing) {
            watcher.onDemoted();
        }
    }

    @Override
    public CompletableFuture<Void> subscribe(Topic topic) {
        StatefulRedisPubSubConnection<byte[], byte[]> connection = pubSub;
        return connection == null
                ? CompletableFuture.failedFuture(new IllegalStateException("not connected"))
                : topic.subscribe(connection.async()).whenComplete((done, error) -> {
                    if (error == null) {
                        watcher.onSubscribed();
                    } else {
                        watcher.onSubscriptionFailed(error);
                    }
                });
    }

    @Override
    public CompletableFuture<Void> unsubscribe(Topic topic) {
        StatefulRedisPubSubConnection<byte[], byte[]> connection = pubSub;
        return connection == null ? CompletableFuture.completedFuture(null) : topic.unsubscribe(connection.async());
    }

    @Override
    public CompletableFuture<Integer> subscribers(Kind kind, String channel) {
        RedisClusterAsyncCommands<byte[], byte[]> redis = commands();
        if (redis == null) {
            return CompletableFuture.failedFuture(new IllegalStateException("Redis cannot be reached"));
        }
        byte[] name = RedisLink.bytes(channel);
        return (kind == Kind.SHARD ? redis.pubsubShardNumsub(name) : redis.pubsubNumsub(name))
                .toCompletableFuture()
                .thenApply(StandaloneConnections::sum);
    }

    static int sum(Map<byte[], Long> counts) {
        return counts.values().stream().mapToInt(Long::intValue).sum();
    }

    @Override
    public CompletableFuture<Void> close() {
        closing = true;
        return client.shutdownAsync(0, 2, TimeUnit.SECONDS).whenComplete((done, error) -> {
            commands = null;
            pubSub = null;
        });
    }

    /** Lettuce reconnects automatically; this detects it. */
    private final class States implements RedisConnectionStateListener {
        @Override
        public void onRedisConnected(RedisChannelHandler<?, ?> connection, SocketAddress address) {
            if (pubSub == null || closing) {
                return;
            }
            if (connection == pubSub) {
                watcher.onSubscriberBack();
            } else if (connection == commands) {
                watcher.onConnected();
            }
        }

        @Override
        public void onRedisDisconnected(RedisChannelHandler<?, ?> connection) {
            if (closing) {
                return;
            }
            if (connection == commands) {
                watcher.onDisconnected("the connection to Redis was lost");
            } else if (connection == pubSub) {
                watcher.onSubscriberLost("the connection to Redis for subscriptions was lost");
            }
        }
    }
}
