package dev.sockeye.redis;

import io.lettuce.core.Limit;
import io.lettuce.core.Range;
import io.lettuce.core.RedisException;
import io.lettuce.core.cluster.PipelinedRedisFuture;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** A Redis that rejects each command, immediately and on the caller's thread, as Lettuce does while it is not connected. */
final class RejectingConnections implements RedisConnections {
    /** Is run in each command. */
    volatile Runnable onCommand = () -> {};

    /** What each command is answered instead, {@code null} to reject it. */
    volatile @Nullable Object answer;

    /** The entries that a look-up in the stream returns, {@code null} to treat it like each command. */
    volatile @Nullable List<?> range;

    /** Returns the entries of each look-up in the stream, forwards or backwards; {@code null} to use {@link #range}. */
    volatile @Nullable BiFunction<Range<String>, Limit, List<?>> stream;

    /** The error of a rejected command. */
    volatile RedisException rejection = new RedisException("currently not connected");

    /** The attempt to connect. */
    volatile CompletableFuture<Void> opening = CompletableFuture.completedFuture(null);

    /** How many attempts throw. */
    volatile int throwing;

    /** Whether commands wait for their answer. */
    volatile boolean pending;

    /** The commands that wait. */
    final List<CompletableFuture<Object>> commandsUnderWay = new CopyOnWriteArrayList<>();

    /** What is subscribed, by topic. */
    final Set<String> subscribed = ConcurrentHashMap.newKeySet();

    /** The reads of entries that wait, each with the entries that it returns. */
    final List<CompletableFuture<Object>> reads = new CopyOnWriteArrayList<>();

    @SuppressWarnings("unchecked")
    private final RedisClusterAsyncCommands<byte[], byte[]> commands =
            (RedisClusterAsyncCommands<byte[], byte[]>) Proxy.newProxyInstance(
                    getClass().getClassLoader(),
                    new Class<?>[] {RedisClusterAsyncCommands.class},
                    (proxy, method, args) -> {
                        onCommand.run();
                        if (pending) {
                            CompletableFuture<Object> command = new CompletableFuture<>();
                            commandsUnderWay.add(command);
                            return new PipelinedRedisFuture<>(command);
                        }
                        if (method.getName().equals("xread")) {
                            CompletableFuture<Object> read = new CompletableFuture<>();
                            reads.add(read);
                            return new PipelinedRedisFuture<>(read);
                        }
                        if (method.getName().startsWith("xr") && stream != null) {
                            @SuppressWarnings("unchecked")
                            Object found = stream.apply((Range<String>) args[1], (Limit) args[2]);
                            return new PipelinedRedisFuture<>(CompletableFuture.completedFuture(found));
                        }
                        if (method.getName().startsWith("xr") && range != null) {
                            return new PipelinedRedisFuture<>(CompletableFuture.completedFuture((Object) range));
                        }
                        return new PipelinedRedisFuture<>(
                                answer != null
                                        ? CompletableFuture.completedFuture(answer)
                                        : CompletableFuture.failedFuture(rejection));
                    });

    /** How often it was tried to connect. */
    final AtomicInteger attempts = new AtomicInteger();

    /** When the connections were closed to open them again. */
    final List<Long> reconnections = new CopyOnWriteArrayList<>();

    @Override
    public void reconnect() {
        reconnections.add(System.nanoTime());
    }

    @Override
    public CompletableFuture<Void> open() {
        if (attempts.incrementAndGet() <= throwing) {
            throw new IllegalStateException("expected in the log of this test");
        }
        return opening;
    }

    @Override
    public boolean isOpen() {
        return opening.isDone();
    }

    @Override
    public @Nullable RedisClusterAsyncCommands<byte[], byte[]> commands() {
        return opening.isDone() ? commands : null;
    }

    @Override
    public CompletableFuture<Dedicated> dedicated() {
        return CompletableFuture.completedFuture(
                new Dedicated(commands, () -> CompletableFuture.completedFuture(null)));
    }

    @Override
    public CompletableFuture<Void> subscribe(Topic topic) {
        subscribed.add(topic.name());
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletableFuture<Void> unsubscribe(Topic topic) {
        subscribed.remove(topic.name());
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletableFuture<Integer> subscribers(Kind kind, String channel) {
        return CompletableFuture.completedFuture(1);
    }

    @Override
    public CompletableFuture<Void> close() {
        return CompletableFuture.completedFuture(null);
    }
}
