package dev.sockeye.redis;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.sockeye.redis.RedisConnections.Kind;
import dev.sockeye.socketio.adapter.cluster.ClusterMessage;
import dev.sockeye.socketio.adapter.cluster.EmitterTransport;
import io.lettuce.core.XAddArgs;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Sends the messages of an emitter to Redis. */
abstract sealed class RedisEmitterTransport implements EmitterTransport {
    private static final Duration FIRST = Duration.ofSeconds(10);

    final RedisLink link;
    private final CompletableFuture<Void> ready;

    private record Waiting(Supplier<CompletableFuture<Void>> put, CompletableFuture<Void> sent) {}

    @GuardedBy("this")
    private final ArrayDeque<Waiting> queue = new ArrayDeque<>();

    @GuardedBy("this")
    private boolean putting;

    /** The last message, so that each waits for the first connection and for those before it. */
    private CompletableFuture<Void> last;

    RedisEmitterTransport(RedisLink link) {
        this.link = link;
        this.ready = link.retain().orTimeout(FIRST.toSeconds(), TimeUnit.SECONDS);
        this.last = ready.handle((done, error) -> null);
        var unused = this.last.thenRun(this::putAll);
    }

    /** Encodes a message; the result sends it to Redis. */
    abstract Supplier<CompletableFuture<Void>> prepare(ClusterMessage message);

    /** In order; encoded immediately, so that the arguments may change afterwards. Redis is called without a lock. */
    @Override
    public final CompletableFuture<Void> send(List<ClusterMessage> messages) {
        List<Waiting> all = new ArrayList<>(messages.size());
        for (ClusterMessage message : messages) {
            all.add(new Waiting(prepare(message), new CompletableFuture<>()));
        }
        CompletableFuture<Void> sent = all.size() == 1
                ? all.get(0).sent
                : CompletableFuture.allOf(all.stream().map(one -> one.sent).toArray(CompletableFuture[]::new));
        synchronized (this) {
            CompletableFuture<Void> before = last;
            last = sent.handle((done, error) -> null).thenCombine(before, (a, b) -> null);
            queue.addAll(all);
        }
        if (ready.isDone()) {
            putAll();
        }
        return sent;
    }

    private void putAll() {
        for (Waiting next = next(); next != null; next = next()) {
            CompletableFuture<Void> sent = next.sent;
            CompletableFuture<Void> put;
            try {
                put = ready.isCompletedExceptionally() ? ready : next.put.get();
            } catch (RuntimeException e) {
                put = CompletableFuture.failedFuture(e);
            }
            synchronized (this) {
                putting = false;
            }
            var unused = put.whenComplete((done, error) -> {
                if (error == null) {
                    sent.complete(null);
                } else {
                    sent.completeExceptionally(error);
                }
            });
        }
    }

    /** The next message; {@code null} if there is none, or another thread is sending. */
    private synchronized @Nullable Waiting next() {
        if (putting) {
            return null;
        }
        Waiting next = queue.poll();
        putting = next != null;
        return next;
    }

    @Override
    public final void close() {
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
    static final class PubSub extends RedisEmitterTransport {
        private final String key;

        PubSub(RedisLink link, String key) {
            super(link);
            this.key = key;
        }

        @Override
        Supplier<CompletableFuture<Void>> prepare(ClusterMessage message) {
            PubSubNames names = new PubSubNames(key, message.namespace());
            PubSubCodec.Outgoing outgoing = PubSubCodec.encode(message, names);
            return outgoing == null
                    ? () -> CompletableFuture.completedFuture(null)
                    : () -> link.publish(Kind.CHANNEL, outgoing.channel(), outgoing.bytes());
        }
    }

    /**
     * Into the stream of {@code @socket.io/redis-streams-adapter}, from which servers read it even if they were
     * disconnected.
     */
    static final class Streams extends RedisEmitterTransport {
        private final RedisStreamsAdapterOptions options;

        Streams(RedisLink link, RedisStreamsAdapterOptions options) {
            super(link);
            this.options = options;
        }

        @Override
        Supplier<CompletableFuture<Void>> prepare(ClusterMessage message) {
            List<byte[]> fields = new ArrayList<>(8);
            StreamsTransport.fields(message).forEach((name, value) -> {
                fields.add(RedisLink.bytes(name));
                fields.add(RedisLink.bytes(value));
            });
            byte[] stream = RedisLink.bytes(options.stream(message.namespace()));
            return () -> put(stream, fields.toArray());
        }

        private CompletableFuture<Void> put(byte[] stream, Object[] fields) {
            RedisClusterAsyncCommands<byte[], byte[]> redis = link.commands();
            return redis == null
                    ? CompletableFuture.failedFuture(new IllegalStateException("closed"))
                    : link.send(() -> redis.xadd(
                            stream, new XAddArgs().maxlen(options.maxLen()).approximateTrimming(), fields));
        }
    }
}
