package dev.sockeye.redis;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.sockeye.socketio.adapter.ClusterHealth;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.lettuce.core.pubsub.api.async.RedisPubSubAsyncCommands;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import io.lettuce.core.resource.Delay;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The connections to one Redis that the adapters of all namespaces share: one for commands, one for subscriptions.
 *
 * <p>Both come back by themselves, with their subscriptions. While Redis is away nothing is queued here: what is published is
 * lost and counted. While it is slow, commands wait up to a number and an amount of bytes.
 *
 * <p>States: closed, opening (tried again without end), open (connected or coming back).
 */
final class RedisLink {
    private static final Logger LOG = System.getLogger(RedisLink.class.getName());
    private static final int MOST_COMMANDS = 20_000;
    private static final long MOST_BYTES = 64L * 1024 * 1024;
    private static final Duration RETRY = Duration.ofMillis(500);
    private static final Duration SLOW = Duration.ofSeconds(3);

    /** How a channel is subscribed. */
    enum Kind {
        CHANNEL,
        PATTERN,
        SHARD
    }

    /** Takes the messages of a subscription, on a thread of Redis's: short. */
    @FunctionalInterface
    interface Listener {
        void onMessage(String channel, byte[] message);
    }

    private record Topic(Kind kind, String name) {}

    private final RedisURI uri;
    private final Map<Topic, Listener> subscriptions = new ConcurrentHashMap<>();
    private final CopyOnWriteArrayList<Runnable> onConnected = new CopyOnWriteArrayList<>();
    private final CopyOnWriteArrayList<Runnable> onDisconnected = new CopyOnWriteArrayList<>();
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicLong waitingBytes = new AtomicLong();
    private final AtomicLong lost = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private volatile long lastAnswer = System.nanoTime();
    private volatile @Nullable String problem;
    private volatile @Nullable StatefulRedisConnection<byte[], byte[]> commands;
    private volatile @Nullable StatefulRedisPubSubConnection<byte[], byte[]> pubSub;
    private long lostBefore;

    @GuardedBy("this")
    private int users;

    @GuardedBy("this")
    private @Nullable RedisClient client;

    @GuardedBy("this")
    private @Nullable ClientResources resources;

    @GuardedBy("this")
    private @Nullable ScheduledExecutorService timers;

    @GuardedBy("this")
    private CompletableFuture<Void> ready = new CompletableFuture<>();

    RedisLink(RedisURI uri) {
        this.uri = uri;
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** One more user; completes when Redis was reached for the first time. */
    synchronized CompletableFuture<Void> retain() {
        if (users++ == 0) {
            ready = new CompletableFuture<>();
            ClientResources made = DefaultClientResources.builder()
                    .ioThreadPoolSize(2)
                    .computationThreadPoolSize(2)
                    .reconnectDelay(
                            Delay.exponential(Duration.ofMillis(20), Duration.ofSeconds(1), 2, TimeUnit.MILLISECONDS))
                    .build();
            RedisClient opened = RedisClient.create(made, uri);
            opened.setOptions(ClientOptions.builder()
                    .autoReconnect(true)
                    .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                    .replayFilter(command -> true)
                    .requestQueueSize(MOST_COMMANDS)
                    .publishOnScheduler(false)
                    .socketOptions(SocketOptions.builder()
                            .connectTimeout(Duration.ofSeconds(3))
                            .keepAlive(SocketOptions.KeepAliveOptions.builder()
                                    .enable()
                                    .idle(Duration.ofSeconds(5))
                                    .interval(Duration.ofSeconds(2))
                                    .count(3)
                                    .build())
                            .build())
                    .build());
            opened.addListener(new States());
            resources = made;
            client = opened;
            timers = Executors.newSingleThreadScheduledExecutor(task -> {
                Thread thread = new Thread(task, "sockeye-redis");
                thread.setDaemon(true);
                return thread;
            });
            connect(opened);
        }
        return ready;
    }

    /** One user less; the last one closes the connections, after what is under way. */
    CompletableFuture<Void> release() {
        RedisClient closing;
        ClientResources ending;
        ScheduledExecutorService running;
        synchronized (this) {
            if (--users > 0) {
                return CompletableFuture.completedFuture(null);
            }
            closing = client;
            ending = resources;
            running = timers;
            client = null;
            resources = null;
        }
        if (closing == null || ending == null || running == null) {
            return CompletableFuture.completedFuture(null);
        }
        CompletableFuture<Void> drained = new CompletableFuture<>();
        drain(drained, running, 100);
        return drained.thenCompose(done -> closing.shutdownAsync(0, 2, TimeUnit.SECONDS))
                .handle((done, error) -> {
                    commands = null;
                    pubSub = null;
                    subscriptions.clear();
                    running.shutdownNow();
                    var unused = ending.shutdown(0, 2, TimeUnit.SECONDS);
                    return null;
                });
    }

    private void drain(CompletableFuture<Void> drained, ScheduledExecutorService running, int times) {
        if (waiting.get() == 0 || times == 0) {
            drained.complete(null);
        } else {
            var unused = running.schedule(() -> drain(drained, running, times - 1), 10, TimeUnit.MILLISECONDS);
        }
    }

    private void connect(RedisClient opened) {
        var unused = opened.connectAsync(ByteArrayCodec.INSTANCE, uri)
                .thenCompose(connection -> {
                    commands = connection;
                    return opened.connectPubSubAsync(ByteArrayCodec.INSTANCE, uri);
                })
                .whenComplete((connection, error) -> {
                    if (error != null) {
                        fail("Redis cannot be reached: " + rootOf(error));
                        StatefulRedisConnection<byte[], byte[]> half = commands;
                        commands = null;
                        if (half != null) {
                            var unusedToo = half.closeAsync();
                        }
                        later(RETRY, () -> connect(opened));
                        return;
                    }
                    connection.addListener(new Messages());
                    pubSub = connection;
                    subscribeAll(connection.async());
                    recovered();
                    CompletableFuture<Void> waitedFor;
                    synchronized (this) {
                        waitedFor = ready;
                    }
                    onConnected.forEach(Runnable::run);
                    waitedFor.complete(null);
                });
    }

    private static String rootOf(Throwable error) {
        Throwable root = error;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage());
    }

    /** Runs something later on a thread of this link, unless it is closed. */
    void later(Duration delay, Runnable task) {
        ScheduledExecutorService running;
        synchronized (this) {
            running = timers;
        }
        if (running != null && !running.isShutdown()) {
            try {
                var unused = running.schedule(guarded(task), delay.toMillis(), TimeUnit.MILLISECONDS);
            } catch (RejectedExecutionException e) {
                // closed at this moment
            }
        }
    }

    private static Runnable guarded(Runnable task) {
        return () -> {
            try {
                task.run();
            } catch (RuntimeException e) {
                LOG.log(Level.WARNING, "a task of the Redis adapter failed", e);
            }
        };
    }

    /** A connection of its own, for commands that block. */
    CompletableFuture<StatefulRedisConnection<byte[], byte[]>> connection() {
        RedisClient opened;
        synchronized (this) {
            opened = client;
        }
        return opened == null
                ? CompletableFuture.failedFuture(new IllegalStateException("closed"))
                : opened.connectAsync(ByteArrayCodec.INSTANCE, uri).toCompletableFuture();
    }

    void onConnected(Runnable action) {
        onConnected.add(action);
    }

    void onDisconnected(Runnable action) {
        onDisconnected.add(action);
    }

    boolean connected() {
        StatefulRedisConnection<byte[], byte[]> connection = commands;
        return connection != null && connection.isOpen() && pubSub != null;
    }

    /** The commands; {@code null} before the first connection. They fail at once while Redis is away. */
    @Nullable
    RedisAsyncCommands<byte[], byte[]> commands() {
        StatefulRedisConnection<byte[], byte[]> connection = commands;
        return connection == null ? null : connection.async();
    }

    private void fail(String what) {
        if (problem == null) {
            lostBefore = lost.get();
            LOG.log(Level.WARNING, what + "; the sockets of this server are served on, other servers are not reached");
        }
        problem = what;
        lastAnswer = System.nanoTime();
    }

    private void recovered() {
        if (problem != null) {
            problem = null;
            LOG.log(
                    Level.INFO,
                    "Redis is back; messages for other servers that were lost meanwhile: " + (lost.get() - lostBefore));
        }
        lastAnswer = System.nanoTime();
    }

    /** Counts a message for other servers that is dropped. */
    void countLost(int number) {
        lost.addAndGet(number);
    }

    /** Counts a message of others that is not understood. */
    void countRefused(String what) {
        if (refused.getAndIncrement() == 0) {
            LOG.log(Level.WARNING, "a message in Redis is refused; later ones are counted only: " + what);
        }
    }

    ClusterHealth health(int queued) {
        String now = problem;
        if (now == null && waiting.get() > 0 && System.nanoTime() - lastAnswer > SLOW.toNanos()) {
            now = "Redis does not answer";
        }
        return new ClusterHealth(connected() && now == null, now, waiting.get() + queued, lost.get(), refused.get());
    }

    /** Whether commands wait for answers for too long. */
    boolean stalled() {
        return !connected() || (waiting.get() > 0 && System.nanoTime() - lastAnswer > SLOW.toNanos());
    }

    /** Counts a command in and out, for the bounds and for the health. */
    <T> CompletableFuture<T> track(RedisFuture<T> command, int size) {
        if (waiting.getAndIncrement() == 0) {
            lastAnswer = System.nanoTime();
        }
        waitingBytes.addAndGet(size);
        return command.toCompletableFuture().whenComplete((answer, error) -> {
            waiting.decrementAndGet();
            waitingBytes.addAndGet(-size);
            lastAnswer = System.nanoTime();
        });
    }

    /** Sends a message to a channel, or loses it. */
    CompletableFuture<Void> publish(Kind kind, String channel, byte[] message) {
        RedisAsyncCommands<byte[], byte[]> redis = commands();
        if (redis == null || waitingBytes.get() + message.length > MOST_BYTES) {
            lost.incrementAndGet();
            return CompletableFuture.failedFuture(new IllegalStateException("Redis does not take messages"));
        }
        RedisFuture<Long> command;
        try {
            command = kind == Kind.SHARD
                    ? redis.spublish(bytes(channel), message)
                    : redis.publish(bytes(channel), message);
        } catch (RuntimeException e) {
            lost.incrementAndGet();
            return CompletableFuture.failedFuture(e);
        }
        return track(command, message.length)
                .whenComplete((receivers, error) -> {
                    if (error != null) {
                        lost.incrementAndGet();
                    }
                })
                .thenApply(receivers -> null);
    }

    /** How many servers have subscribed to a channel. */
    CompletableFuture<Integer> subscribers(Kind kind, String channel) {
        RedisAsyncCommands<byte[], byte[]> redis = commands();
        if (redis == null) {
            return CompletableFuture.failedFuture(new IllegalStateException("Redis cannot be reached"));
        }
        RedisFuture<Map<byte[], Long>> command =
                kind == Kind.SHARD ? redis.pubsubShardNumsub(bytes(channel)) : redis.pubsubNumsub(bytes(channel));
        return track(command, 0)
                .orTimeout(3, TimeUnit.SECONDS)
                .thenApply(counts ->
                        counts.values().stream().mapToInt(Long::intValue).sum());
    }

    /** Subscribes; completes when Redis has confirmed it. It is subscribed again after each reconnection. */
    CompletableFuture<Void> subscribe(Kind kind, String name, Listener listener) {
        Topic topic = new Topic(kind, name);
        subscriptions.put(topic, listener);
        StatefulRedisPubSubConnection<byte[], byte[]> connection = pubSub;
        if (connection == null) {
            return CompletableFuture.completedFuture(null);
        }
        return subscribe(connection.async(), topic).exceptionally(error -> null);
    }

    private static CompletableFuture<Void> subscribe(RedisPubSubAsyncCommands<byte[], byte[]> redis, Topic topic) {
        byte[] name = bytes(topic.name);
        return (switch (topic.kind) {
                    case CHANNEL -> redis.subscribe(name);
                    case PATTERN -> redis.psubscribe(name);
                    case SHARD -> redis.ssubscribe(name);
                })
                .toCompletableFuture();
    }

    private void subscribeAll(RedisPubSubAsyncCommands<byte[], byte[]> redis) {
        for (Topic topic : subscriptions.keySet()) {
            var unused = subscribe(redis, topic).exceptionally(error -> {
                LOG.log(Level.DEBUG, "could not subscribe to " + topic, error);
                return null;
            });
        }
    }

    CompletableFuture<Void> unsubscribe(Kind kind, String name) {
        StatefulRedisPubSubConnection<byte[], byte[]> connection = pubSub;
        if (subscriptions.remove(new Topic(kind, name)) == null || connection == null) {
            return CompletableFuture.completedFuture(null);
        }
        byte[] channel = bytes(name);
        RedisPubSubAsyncCommands<byte[], byte[]> redis = connection.async();
        return (switch (kind) {
                    case CHANNEL -> redis.unsubscribe(channel);
                    case PATTERN -> redis.punsubscribe(channel);
                    case SHARD -> redis.sunsubscribe(channel);
                })
                .toCompletableFuture()
                .orTimeout(2, TimeUnit.SECONDS)
                .exceptionally(error -> null);
    }

    private final class Messages extends io.lettuce.core.pubsub.RedisPubSubAdapter<byte[], byte[]> {
        @Override
        public void message(byte[] channel, byte[] message) {
            deliver(Kind.CHANNEL, text(channel), text(channel), message);
        }

        @Override
        public void message(byte[] pattern, byte[] channel, byte[] message) {
            deliver(Kind.PATTERN, text(pattern), text(channel), message);
        }

        @Override
        public void smessage(byte[] channel, byte[] message) {
            deliver(Kind.SHARD, text(channel), text(channel), message);
        }

        private void deliver(Kind kind, String name, String channel, byte[] message) {
            Listener listener = subscriptions.get(new Topic(kind, name));
            if (listener != null) {
                try {
                    listener.onMessage(channel, message);
                } catch (RuntimeException e) {
                    LOG.log(Level.WARNING, "a message from Redis failed", e);
                }
            }
        }
    }

    /** Lettuce connects again by itself; here it is noticed. */
    private final class States implements RedisConnectionStateListener {
        @Override
        public void onRedisConnected(RedisChannelHandler<?, ?> connection, SocketAddress address) {
            if (connection == pubSub && pubSub != null) {
                StatefulRedisPubSubConnection<byte[], byte[]> open = pubSub;
                later(Duration.ZERO, () -> subscribeAll(open.async()));
            } else if (connection == commands && pubSub != null) {
                later(Duration.ZERO, () -> {
                    recovered();
                    onConnected.forEach(Runnable::run);
                });
            }
        }

        @Override
        public void onRedisDisconnected(RedisChannelHandler<?, ?> connection) {
            boolean closing;
            synchronized (RedisLink.this) {
                closing = client == null;
            }
            if (!closing && connection == commands) {
                fail("the connection to Redis was lost");
                later(Duration.ZERO, () -> onDisconnected.forEach(Runnable::run));
            }
        }
    }
}
