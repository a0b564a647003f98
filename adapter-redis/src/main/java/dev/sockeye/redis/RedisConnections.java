package dev.sockeye.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.api.async.RedisPubSubAsyncCommands;
import io.lettuce.core.resource.ClientResources;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The connections to a Redis server or to the members of a Redis Cluster. They reconnect automatically. Thread-safe.
 */
interface RedisConnections extends Subscriptions.Driver {

    /** How a channel is subscribed. */
    enum Kind {
        CHANNEL,
        PATTERN,
        SHARD
    }

    /** What is subscribed. */
    record Topic(Kind kind, String name) {
        byte[] bytes() {
            return name.getBytes(StandardCharsets.UTF_8);
        }

        CompletableFuture<Void> subscribe(RedisPubSubAsyncCommands<byte[], byte[]> redis) {
            return (switch (kind) {
                        case CHANNEL -> redis.subscribe(bytes());
                        case PATTERN -> redis.psubscribe(bytes());
                        case SHARD -> redis.ssubscribe(bytes());
                    })
                    .toCompletableFuture();
        }

        CompletableFuture<Void> unsubscribe(RedisPubSubAsyncCommands<byte[], byte[]> redis) {
            return (switch (kind) {
                        case CHANNEL -> redis.unsubscribe(bytes());
                        case PATTERN -> redis.punsubscribe(bytes());
                        case SHARD -> redis.sunsubscribe(bytes());
                    })
                    .toCompletableFuture();
        }
    }

    /** Receives events on threads of the Redis client; must return quickly. */
    interface Watcher {
        void onConnected();

        void onDisconnected(String what);

        /** The connection for subscriptions was lost, but perhaps not that for commands. */
        void onSubscriberLost(String what);

        /** A connection for subscriptions was reopened: all channels must be subscribed again. */
        void onSubscriberBack();

        /** The server was a master, and is a replica now. */
        void onDemoted();

        void onMessage(Topic topic, String channel, byte[] message);

        void onSubscriptionFailed(Throwable error);

        void onSubscribed();
    }

    /** Creates the connections of a link that is being opened. */
    @FunctionalInterface
    interface Factory {
        RedisConnections wires(ClientResources resources, Watcher watcher, ScheduledExecutorService timers);
    }

    /** Opens a separate connection for blocking commands. */
    record Dedicated(RedisClusterAsyncCommands<byte[], byte[]> commands, Supplier<CompletableFuture<Void>> closing) {
        void close() {
            var unused = closing.get();
        }
    }

    /** One attempt to connect. */
    CompletableFuture<Void> open();

    /** Whether commands are accepted. */
    boolean isOpen();

    /** The commands; {@code null} before the first connection. They fail immediately while Redis is unavailable. */
    @Nullable
    RedisClusterAsyncCommands<byte[], byte[]> commands();

    CompletableFuture<Dedicated> dedicated();

    /** Closes the connections, so that they are opened again, to wherever the address leads then. */
    default void reconnect() {}

    /** Asks whether Redis still answers; completes with any answer. By default, that is not checked. */
    default CompletableFuture<?> probe() {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    CompletableFuture<Void> subscribe(Topic topic);

    @Override
    CompletableFuture<Void> unsubscribe(Topic topic);

    /** The number of connections that have subscribed to a channel. */
    CompletableFuture<Integer> subscribers(Kind kind, String channel);

    CompletableFuture<Void> close();

    /** The Lettuce options common to both kinds. */
    static void configure(ClientOptions.Builder options, int mostCommands) {
        options.autoReconnect(true)
                .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                .replayFilter(command -> true)
                .requestQueueSize(mostCommands)
                .publishOnScheduler(false)
                .socketOptions(SocketOptions.builder()
                        .connectTimeout(Duration.ofSeconds(3))
                        .keepAlive(SocketOptions.KeepAliveOptions.builder()
                                .enable()
                                .idle(Duration.ofSeconds(5))
                                .interval(Duration.ofSeconds(2))
                                .count(3)
                                .build())
                        .build());
    }

    /** Passes messages to a watcher. */
    final class Messages extends RedisPubSubAdapter<byte[], byte[]> {
        private final Watcher watcher;

        Messages(Watcher watcher) {
            this.watcher = watcher;
        }

        private static String text(byte[] bytes) {
            return new String(bytes, StandardCharsets.UTF_8);
        }

        @Override
        public void message(byte[] channel, byte[] message) {
            watcher.onMessage(new Topic(Kind.CHANNEL, text(channel)), text(channel), message);
        }

        @Override
        public void message(byte[] pattern, byte[] channel, byte[] message) {
            watcher.onMessage(new Topic(Kind.PATTERN, text(pattern)), text(channel), message);
        }

        @Override
        public void smessage(byte[] channel, byte[] message) {
            watcher.onMessage(new Topic(Kind.SHARD, text(channel)), text(channel), message);
        }
    }
}
