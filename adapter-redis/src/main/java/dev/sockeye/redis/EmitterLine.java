package dev.sockeye.redis;

import dev.sockeye.redis.RedisWires.Kind;
import dev.sockeye.socketio.adapter.ClusterMessage;
import io.lettuce.core.XAddArgs;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The way of an emitter's messages into Redis. */
abstract sealed class EmitterLine {
    private static final Duration FIRST = Duration.ofSeconds(10);

    final RedisLink link;
    private final CompletableFuture<Void> ready;

    /** The last message, so that each waits for the first connection and for those before it. */
    private CompletableFuture<Void> last;

    EmitterLine(RedisLink link) {
        this.link = link;
        this.ready = link.retain().orTimeout(FIRST.toSeconds(), TimeUnit.SECONDS);
        this.last = ready;
    }

    abstract CompletableFuture<Void> put(ClusterMessage message);

    /** In order; encoded at once, so that the arguments may change after. */
    final synchronized CompletableFuture<Void> send(ClusterMessage message) {
        CompletableFuture<Void> sent = ready.isDone() && !ready.isCompletedExceptionally()
                ? put(message)
                : ready.thenCompose(on -> put(message));
        CompletableFuture<Void> before = last;
        last = sent.handle((done, error) -> null).thenCombine(before.handle((done, error) -> null), (a, b) -> null);
        return sent;
    }

    final void close() {
        CompletableFuture<Void> all;
        synchronized (this) {
            all = last;
        }
        try {
            all.handle((done, error) -> null)
                    .thenCompose(done -> link.release())
                    .get(3, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            throw new CompletionException("the connection to Redis did not close", e);
        }
    }

    /** Into the channels of {@code @socket.io/redis-adapter}. */
    static final class PubSub extends EmitterLine {
        private final String key;

        PubSub(RedisLink link, String key) {
            super(link);
            this.key = key;
        }

        @Override
        CompletableFuture<Void> put(ClusterMessage message) {
            PubSubNames names = new PubSubNames(key, message.namespace());
            PubSubForm.Outgoing outgoing = PubSubForm.encode(message, names);
            return outgoing == null
                    ? CompletableFuture.completedFuture(null)
                    : link.publish(Kind.CHANNEL, outgoing.channel(), outgoing.bytes());
        }
    }

    /** Into the stream of {@code @socket.io/redis-streams-adapter}, where servers find it even when they were away. */
    static final class Streams extends EmitterLine {
        private final RedisStreamsAdapterOptions options;

        Streams(RedisLink link, RedisStreamsAdapterOptions options) {
            super(link);
            this.options = options;
        }

        @Override
        CompletableFuture<Void> put(ClusterMessage message) {
            RedisClusterAsyncCommands<byte[], byte[]> redis = link.commands();
            if (redis == null) {
                return CompletableFuture.failedFuture(new IllegalStateException("closed"));
            }
            List<byte[]> fields = new ArrayList<>(8);
            StreamsTransport.fields(message).forEach((name, value) -> {
                fields.add(RedisLink.bytes(name));
                fields.add(RedisLink.bytes(value));
            });
            byte[] stream = RedisLink.bytes(options.stream(message.namespace()));
            try {
                return link.track(
                                redis.xadd(
                                        stream,
                                        new XAddArgs().maxlen(options.maxLen()).approximateTrimming(),
                                        fields.toArray()),
                                0)
                        .thenApply(id -> null);
            } catch (RuntimeException e) {
                return CompletableFuture.failedFuture(e);
            }
        }
    }
}
