package dev.sockeye.redis;

import io.lettuce.core.RedisException;
import io.lettuce.core.cluster.PipelinedRedisFuture;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.lang.reflect.Proxy;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A Redis that rejects each command, immediately and on the caller's thread, as Lettuce does while it is not connected. */
final class RejectingConnections implements RedisConnections {
    /** Is run in each command. */
    volatile Runnable onCommand = () -> {};

    /** What each command is answered instead, {@code null} to reject it. */
    volatile @Nullable Object answer;

    @SuppressWarnings("unchecked")
    private final RedisClusterAsyncCommands<byte[], byte[]> commands =
            (RedisClusterAsyncCommands<byte[], byte[]>) Proxy.newProxyInstance(
                    getClass().getClassLoader(),
                    new Class<?>[] {RedisClusterAsyncCommands.class},
                    (proxy, method, args) -> {
                        onCommand.run();
                        return new PipelinedRedisFuture<>(
                                answer != null
                                        ? CompletableFuture.completedFuture(answer)
                                        : CompletableFuture.failedFuture(
                                                new RedisException("currently not connected")));
                    });

    @Override
    public CompletableFuture<Void> open() {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public boolean isOpen() {
        return true;
    }

    @Override
    public @Nullable RedisClusterAsyncCommands<byte[], byte[]> commands() {
        return commands;
    }

    @Override
    public CompletableFuture<Dedicated> dedicated() {
        return new CompletableFuture<>();
    }

    @Override
    public CompletableFuture<Void> subscribe(Topic topic) {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletableFuture<Void> unsubscribe(Topic topic) {
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
