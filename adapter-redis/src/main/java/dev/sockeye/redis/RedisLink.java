package dev.sockeye.redis;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.sockeye.redis.RedisConnections.Dedicated;
import dev.sockeye.redis.RedisConnections.Kind;
import dev.sockeye.redis.RedisConnections.Topic;
import dev.sockeye.socketio.adapter.cluster.ClusterHealth;
import io.lettuce.core.RedisURI;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.netty.channel.Channel;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The connections to Redis that are shared by the adapters of all namespaces: one for commands, one for subscriptions.
 *
 * <p>Both reconnect automatically and renew their subscriptions. While Redis is unavailable, nothing is queued here:
 * published messages are lost and counted. While it is slow, commands are queued up to a number and size.
 *
 * <p>States: closed, opening (retried until it succeeds), open (connected or reconnecting).
 */
final class RedisLink implements RedisConnections.Watcher, RedisRenewal.Owner {
    private static final Logger LOG = System.getLogger(RedisLink.class.getName());
    private static final int MOST_COMMANDS = 20_000;
    private static final int MOST_MESSAGES = MOST_COMMANDS - 2_000; // the rest is for requests, sessions and entries
    private static final long MOST_BYTES = 64L * 1024 * 1024;
    private static final Duration RETRY = Duration.ofMillis(500);

    static {
        // else Lettuce warns at each connection that it has epoll and io_uring, and takes epoll
        if (System.getProperty("io.lettuce.core.iouring") == null) {
            System.setProperty("io.lettuce.core.iouring", "false");
        }
    }

    /** The kinds of operations; Redis may accept one and refuse another. */
    enum Doing {
        STREAM,
        SUBSCRIPTIONS,
        CHANNELS
    }

    /** Receives the messages of a subscription on a thread of the Redis client; must return quickly. */
    @FunctionalInterface
    interface Listener {
        void onMessage(String channel, byte[] message);
    }

    private final RedisConnections.Factory wiring;
    private final CopyOnWriteArrayList<Runnable> onConnected = new CopyOnWriteArrayList<>();
    private final CopyOnWriteArrayList<Runnable> onDisconnected = new CopyOnWriteArrayList<>();
    final CopyOnWriteArrayList<Runnable> onOpening = new CopyOnWriteArrayList<>();
    private final RedisProblems problems = new RedisProblems();
    private final RedisRenewal renewal;
    private final CommandQueue queue = new CommandQueue(System::nanoTime);
    private volatile @Nullable RedisConnections wires;
    private volatile @Nullable Subscriptions subscriptions;

    @GuardedBy("this")
    private int users;

    @GuardedBy("this")
    private @Nullable RedisThreads threads;

    @GuardedBy("this")
    private CompletableFuture<Void> ready = new CompletableFuture<>();

    /** Creates a link to a Redis server, directly or through Sentinel. */
    RedisLink(RedisURI uri) {
        this(uri, RedisRenewal.SILENCE);
    }

    /** @param silence how long Redis may not answer before the connections are opened again */
    RedisLink(RedisURI uri, Duration silence) {
        this((resources, link, timers) -> new StandaloneConnections(resources, uri, link, MOST_COMMANDS), silence);
    }

    RedisLink(RedisConnections.Factory wiring) {
        this(wiring, RedisRenewal.SILENCE);
    }

    private RedisLink(RedisConnections.Factory wiring, Duration silence) {
        this.wiring = wiring;
        this.renewal = new RedisRenewal(this, silence);
    }

    /** Creates a link to a Redis Cluster with the given members. */
    static RedisLink toCluster(List<RedisURI> members) {
        if (members.isEmpty()) {
            throw new IllegalArgumentException("no Redis Cluster node is configured");
        }
        List<RedisURI> uris = List.copyOf(members);
        return new RedisLink(
                (resources, link, timers) -> new ClusterConnections(resources, uris, link, timers, MOST_COMMANDS));
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** Monotonic nanoseconds. */
    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    /** Adds a user; completes when Redis has been reached for the first time. */
    CompletableFuture<Void> retain() {
        CompletableFuture<Void> waitedFor;
        RedisConnections opened = null;
        RedisThreads unused = null; // that were started in vain
        try {
            synchronized (this) {
                if (users == 0) {
                    ready = new CompletableFuture<>();
                    unused = RedisThreads.start(this::opened);
                    renewal.opening();
                    problems.opening();
                    opened = wiring.wires(unused.resources(), this, unused.timers());
                    subscriptions = new Subscriptions(opened, this::later);
                    threads = unused;
                    wires = opened;
                    unused = null;
                }
                users++; // not if that has failed
                waitedFor = ready;
            }
        } finally {
            if (unused != null) {
                unused.end();
            }
        }
        if (opened != null) {
            onOpening.forEach(Runnable::run);
            connect(opened);
        }
        return waitedFor;
    }

    /** Removes a user; the last one closes the connections after pending commands. */
    CompletableFuture<Void> release() {
        RedisConnections closing;
        Subscriptions subscribed;
        RedisThreads ending;
        synchronized (this) {
            if (users == 0 || --users > 0) {
                return CompletableFuture.completedFuture(null);
            }
            closing = wires;
            subscribed = subscriptions;
            ending = threads;
            wires = null;
            subscriptions = null;
        }
        if (closing == null || subscribed == null || ending == null) {
            return CompletableFuture.completedFuture(null);
        }
        CompletableFuture<Void> drained = new CompletableFuture<>();
        drain(drained, ending.timers(), 100);
        return drained.thenCompose(done -> closing.close()).handle((done, error) -> {
            subscribed.close();
            ending.end();
            return null;
        });
    }

    private void drain(CompletableFuture<Void> drained, ScheduledExecutorService running, int times) {
        if (queue.waiting() == 0 || times == 0) {
            drained.complete(null);
        } else {
            var unused = running.schedule(() -> drain(drained, running, times - 1), 10, TimeUnit.MILLISECONDS);
        }
    }

    private void connect(RedisConnections opened) {
        if (wires != opened) {
            return; // the timer may be that of the next time
        }
        var unused = attempt(opened::open).whenComplete((done, error) -> {
            if (error != null) {
                if (wires == opened) { // otherwise closed in the meantime
                    fail("Redis cannot be reached: " + rootOf(error));
                    later(RETRY, () -> connect(opened));
                }
                return;
            }
            if (wires != opened) {
                return; // closed in the meantime
            }
            lostSubscriptions();
            recovered();
            CompletableFuture<Void> waitedFor;
            synchronized (this) {
                waitedFor = ready;
            }
            onConnected.forEach(Runnable::run);
            renewal.watch(opened);
            waitedFor.complete(null);
        });
    }

    /** What an attempt throws is its result: otherwise it would not be repeated. */
    private static <T> CompletableFuture<T> attempt(Supplier<CompletableFuture<T>> attempt) {
        try {
            return attempt.get();
        } catch (RuntimeException | Error e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private void opened(Channel channel) {
        queue.loop(channel.eventLoop());
        renewal.opened(channel);
    }

    private static String rootOf(Throwable error) {
        Throwable root = error;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage());
    }

    /** Runs something later on a thread of this link, unless it is closed. */
    @Override
    public void later(Duration delay, Runnable task) {
        RedisThreads running;
        synchronized (this) {
            running = threads;
        }
        if (running != null && !running.timers().isShutdown()) {
            try {
                var unused = running.timers().schedule(guarded(task), delay.toMillis(), TimeUnit.MILLISECONDS);
            } catch (RejectedExecutionException e) {
                // closed concurrently
            }
        }
    }

    static Runnable guarded(Runnable task) {
        return () -> {
            try {
                task.run();
            } catch (RuntimeException | Error e) {
                LOG.log(Level.WARNING, RedisLog.TASK_FAILED.text("a task of the Redis adapter failed"), e);
            }
        };
    }

    /** A dedicated connection for blocking commands. */
    CompletableFuture<Dedicated> connection() {
        RedisConnections opened = wires;
        return opened == null
                ? CompletableFuture.failedFuture(new IllegalStateException("closed"))
                : attempt(opened::dedicated);
    }

    void onConnected(Runnable action) {
        onConnected.add(action);
    }

    void onDisconnected(Runnable action) {
        onDisconnected.add(action);
    }

    boolean connected() {
        RedisConnections opened = wires;
        return opened != null && opened.isOpen();
    }

    /** The commands; {@code null} before the first connection. They fail immediately while Redis is unavailable. */
    @Nullable
    RedisClusterAsyncCommands<byte[], byte[]> commands() {
        RedisConnections opened = wires;
        return opened == null ? null : opened.commands();
    }

    private void fail(String what) {
        problems.unreachable(what);
        queue.answered();
    }

    private void recovered() {
        problems.reachable();
        queue.answered();
    }

    @Override
    public @Nullable RedisConnections wires() {
        return wires;
    }

    @Override
    public long silence() {
        return queue.silence();
    }

    /** What does not work, and what was lost. */
    RedisProblems problems() {
        return problems;
    }

    ClusterHealth health(int queued) {
        return problems.health(connected(), queue.unanswered(), queue.waiting() + queued);
    }

    /** Whether a stream cannot be written to for now. */
    boolean stalled() {
        return !connected() || problems.isUnreachable() || problems.isStreamRefused() || queue.unanswered();
    }

    /** The same after an error of a command. Call it without a lock. */
    boolean stalled(Throwable error) {
        if (String.valueOf(error.getMessage()).contains("READONLY")) {
            renewal.reconnectSoon();
        }
        return stalled();
    }

    /** Counts a pending command, for the limits and for the health. */
    <T> CompletableFuture<T> track(CompletionStage<T> command, int size) {
        return queue.track(command, size);
    }

    /** Publishes a message to a channel, after those published before; if that is not possible, the message is lost. */
    CompletableFuture<Void> publish(Kind kind, String channel, byte[] message) {
        RedisClusterAsyncCommands<byte[], byte[]> redis = commands();
        if (redis == null || isFull(message.length)) {
            problems.countLost(1);
            return CompletableFuture.failedFuture(new IllegalStateException("Redis rejects messages"));
        }
        return queue.add(
                () -> kind == Kind.SHARD
                        ? redis.spublish(bytes(channel), message)
                        : redis.publish(bytes(channel), message),
                message.length,
                error -> {
                    if (error == null) {
                        problems.accepted(Doing.CHANNELS);
                    } else {
                        problems.countLost(1);
                        problems.isRefusal(Doing.CHANNELS, error);
                    }
                });
    }

    private boolean isFull(int size) {
        return queue.waiting() >= MOST_MESSAGES || queue.waitingBytes() + size > MOST_BYTES;
    }

    CommandQueue queue() {
        return queue;
    }

    /** Sends a command after the messages and commands that were added before; fails if too much waits. */
    CompletableFuture<Void> send(Supplier<? extends CompletionStage<?>> command, int size) {
        return isFull(size)
                ? CompletableFuture.failedFuture(new IllegalStateException("too much waits for Redis"))
                : queue.add(command, size, error -> {});
    }

    /** Runs a task on the event loop of the commands: those that it sends are written together. */
    void inLoop(Runnable task) {
        queue.run(guarded(task));
    }

    /** The number of servers that have subscribed to a channel, as this one has; fails while it has not, as it misses their answers. */
    CompletableFuture<Integer> subscribers(Kind kind, String channel) {
        RedisConnections opened = wires;
        Subscriptions now = subscriptions;
        if (opened == null || now == null) {
            return CompletableFuture.failedFuture(new IllegalStateException("Redis cannot be reached"));
        }
        if (problems.isUnreachable() || problems.isDeaf() || !now.isConfirmed(new Topic(kind, channel))) {
            return CompletableFuture.failedFuture(new IllegalStateException("messages of other servers are missed"));
        }
        return queue.track(opened.subscribers(kind, channel), 0).orTimeout(3, TimeUnit.SECONDS);
    }

    /**
     * Subscribes for an owner, replacing an earlier owner; completes when Redis has confirmed it. Renewed after each
     * reconnection. See {@link Subscriptions}.
     */
    CompletableFuture<Void> subscribe(Kind kind, String name, Object owner, Listener listener) {
        Subscriptions now = subscriptions;
        return now == null
                ? CompletableFuture.completedFuture(null)
                : now.subscribe(new Topic(kind, name), owner, listener);
    }

    /** Removes the subscription of an owner. */
    CompletableFuture<Void> unsubscribe(Kind kind, String name, Object owner) {
        Subscriptions now = subscriptions;
        return now == null
                ? CompletableFuture.completedFuture(null)
                : now.unsubscribe(new Topic(kind, name), owner)
                        .orTimeout(2, TimeUnit.SECONDS)
                        .exceptionally(error -> null);
    }

    /** Removes all subscriptions of an owner. */
    CompletableFuture<Void> unsubscribeAll(Object owner) {
        Subscriptions now = subscriptions;
        return now == null
                ? CompletableFuture.completedFuture(null)
                : now.unsubscribeAll(owner).orTimeout(2, TimeUnit.SECONDS).exceptionally(error -> null);
    }

    private void lostSubscriptions() {
        Subscriptions now = subscriptions;
        if (now != null) {
            now.lost();
        }
    }

    @Override
    public void onConnected() {
        recovered(); // at once: the connection may be lost again soon
        later(Duration.ZERO, () -> onConnected.forEach(Runnable::run));
    }

    @Override
    public void onDisconnected(String what) {
        fail(what);
        later(Duration.ZERO, () -> onDisconnected.forEach(Runnable::run));
    }

    @Override
    public void onSubscriberLost(String what) {
        problems.deaf(what);
        later(RETRY, problems::logDeafness);
    }

    @Override
    public void onSubscriberBack() {
        Subscriptions now = subscriptions;
        if (now != null) {
            now.unconfirm();
        }
        problems.hearing();
        later(Duration.ZERO, this::lostSubscriptions);
    }

    @Override
    public void onDemoted() {
        onSubscriberLost("Redis has become a replica, and other servers may use the new master");
        renewal.reconnectSoon();
    }

    @Override
    public void onSubscriptionFailed(Throwable error) {
        if (!problems.isRefusal(Doing.SUBSCRIPTIONS, error)) {
            LOG.log(Level.DEBUG, "could not subscribe", error);
        }
    }

    @Override
    public void onSubscribed() {
        problems.accepted(Doing.SUBSCRIPTIONS);
    }

    @Override
    public void onMessage(Topic topic, String channel, byte[] message) {
        Subscriptions now = subscriptions;
        Listener listener = now == null ? null : now.listener(topic);
        if (listener != null) {
            try {
                listener.onMessage(channel, message);
            } catch (RuntimeException | Error e) {
                LOG.log(Level.WARNING, RedisLog.MESSAGE_FAILED.text("a message from Redis failed"), e);
            }
        }
    }
}
