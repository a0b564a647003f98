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
    private static final int MOST = 20_000;
    private static final long MOST_BYTES = 64L * 1024 * 1024;

    final RedisLink link;
    private final CompletableFuture<Void> ready;

    /** A message that is ready to be sent. */
    record Prepared(int size, Supplier<CompletableFuture<Void>> put) {}

    private record Waiting(Prepared message, CompletableFuture<Void> sent) {}

    @GuardedBy("this")
    private final ArrayDeque<Waiting> queue = new ArrayDeque<>();

    @GuardedBy("this")
    private long bytes;

    @GuardedBy("this")
    private boolean putting;

    /** The last message, so that each waits for the first connection and for those before it. */
    private CompletableFuture<Void> last;

    /** @param first how long the first messages wait for the connection */
    RedisEmitterTransport(RedisLink link, Duration first) {
        this.link = link;
        this.ready = link.retain().orTimeout(first.toMillis(), TimeUnit.MILLISECONDS);
        this.last = ready.handle((done, error) -> null);
        var unused = this.last.thenRun(this::putAll);
    }

    /** Encodes a message; the result sends it to Redis. */
    abstract Prepared prepare(ClusterMessage message);

    /** In order; encoded immediately, so that the arguments may change afterwards. Redis is called without a lock. */
    @Override
    public final CompletableFuture<Void> send(List<ClusterMessage> messages) {
        List<Waiting> all = new ArrayList<>(messages.size());
        long size = 0;
        for (ClusterMessage message : messages) {
            Prepared prepared = prepare(message);
            size += prepared.size;
            all.add(new Waiting(prepared, new CompletableFuture<>()));
        }
        CompletableFuture<Void> sent = all.size() == 1
                ? all.get(0).sent
                : CompletableFuture.allOf(all.stream().map(one -> one.sent).toArray(CompletableFuture[]::new));
        synchronized (this) {
            if (!queue.isEmpty() && (queue.size() + all.size() > MOST || bytes + size > MOST_BYTES)) {
                return CompletableFuture.failedFuture(new IllegalStateException("too much waits for Redis"));
            }
            bytes += size;
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
                boolean unreached = ready.isCompletedExceptionally() && link.commands() == null;
                put = unreached ? ready : next.message.put.get();
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
        bytes -= next == null ? 0 : next.message.size;
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
            this(link, key, FIRST);
        }

        PubSub(RedisLink link, String key, Duration first) {
            super(link, first);
            this.key = key;
        }

        @Override
        Prepared prepare(ClusterMessage message) {
            PubSubNames names = new PubSubNames(key, message.namespace());
            PubSubCodec.Outgoing outgoing = PubSubCodec.encode(message, names);
            return outgoing == null
                    ? new Prepared(0, () -> CompletableFuture.completedFuture(null))
                    : new Prepared(
                            outgoing.bytes().length,
                            () -> link.publish(Kind.CHANNEL, outgoing.channel(), outgoing.bytes()));
        }
    }

    /**
     * Into the stream of {@code @socket.io/redis-streams-adapter}, from which servers read it even if they were
     * disconnected.
     */
    static final class Streams extends RedisEmitterTransport {
        private final RedisStreamsAdapterOptions options;

        Streams(RedisLink link, RedisStreamsAdapterOptions options) {
            super(link, FIRST);
            this.options = options;
        }

        @Override
        Prepared prepare(ClusterMessage message) {
            List<byte[]> fields = new ArrayList<>(8);
            StreamsTransport.fields(message).forEach((name, value) -> {
                fields.add(RedisLink.bytes(name));
                fields.add(RedisLink.bytes(value));
            });
            byte[] stream = RedisLink.bytes(options.stream(message.namespace()));
            int size = fields.stream().mapToInt(field -> field.length).sum();
            return new Prepared(size, () -> put(stream, fields.toArray(), size));
        }

        private CompletableFuture<Void> put(byte[] stream, Object[] fields, int size) {
            RedisClusterAsyncCommands<byte[], byte[]> redis = link.commands();
            return redis == null
                    ? CompletableFuture.failedFuture(new IllegalStateException("closed"))
                    : link.send(
                            () -> redis.xadd(
                                    stream,
                                    new XAddArgs().maxlen(options.maxLen()).approximateTrimming(),
                                    fields),
                            size);
        }
    }
}
