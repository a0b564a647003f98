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

/** The connections to Redis: to one, or to the members of a Redis Cluster. They come back by themselves. Any thread. */
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

    /** Is told what happens, on threads of Redis's: short. */
    interface Watcher {
        void onConnected();

        void onDisconnected(String what);

        /** A connection for subscriptions is back: they have to be made again. */
        void onSubscriberBack();

        void onMessage(Topic topic, String channel, byte[] message);

        void onSubscriptionFailed(Throwable error);
    }

    /** Makes the connections of a link that is being opened. */
    @FunctionalInterface
    interface Factory {
        RedisConnections wires(ClientResources resources, Watcher watcher, ScheduledExecutorService timers);
    }

    /** A connection of its own, for commands that block. */
    record Dedicated(RedisClusterAsyncCommands<byte[], byte[]> commands, Supplier<CompletableFuture<Void>> closing) {
        void close() {
            var unused = closing.get();
        }
    }

    /** One attempt to connect. */
    CompletableFuture<Void> open();

    /** Whether commands are taken. */
    boolean isOpen();

    /** The commands; {@code null} before the first connection. They fail at once while Redis is away. */
    @Nullable
    RedisClusterAsyncCommands<byte[], byte[]> commands();

    CompletableFuture<Dedicated> dedicated();

    @Override
    CompletableFuture<Void> subscribe(Topic topic);

    @Override
    CompletableFuture<Void> unsubscribe(Topic topic);

    /** How many connections have subscribed to a channel. */
    CompletableFuture<Integer> subscribers(Kind kind, String channel);

    CompletableFuture<Void> close();

    /** What both kinds want of Lettuce. */
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

    /** Hands messages to a watcher. */
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
