package dev.sockeye.postgres;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.sockeye.socketio.adapter.cluster.ClusterCodec;
import dev.sockeye.socketio.adapter.cluster.ClusterMessage;
import dev.sockeye.socketio.adapter.cluster.EmitterTransport;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/** Sends an emitter's messages to PostgreSQL, on its own thread and connection. */
abstract sealed class QueueingTransport<M extends Sender.Message> implements EmitterTransport {
    private final Sender<M> sender;

    @GuardedBy("this")
    private boolean started;

    QueueingTransport(Link link, Sender.Writer<M> writer) {
        sender = new Sender<>(link, writer, Link.threads("sockeye-postgres-emitter"));
    }

    abstract M encode(ClusterMessage message);

    @Override
    public final CompletableFuture<Void> send(List<ClusterMessage> messages) {
        List<M> encoded = messages.stream().map(this::encode).toList();
        boolean first;
        synchronized (this) {
            first = !started;
            started = true;
        }
        if (first) {
            sender.start();
        }
        return sender.send(encoded);
    }

    @Override
    public final void close() {
        CompletableFuture<Void> ended = sender.stop();
        synchronized (this) {
            if (!started) {
                return;
            }
        }
        try {
            ended.get(3, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("the last messages were not stored in PostgreSQL in time", e);
        }
    }

    /** Sends to the channels of {@code @socket.io/postgres-adapter}. */
    static final class Notices extends QueueingTransport<Notice> {
        private final PostgresOptions options;

        Notices(Link link) {
            super(link, (connection, notices) -> NotifySql.send(connection, notices, link.options()));
            this.options = link.options();
        }

        @Override
        Notice encode(ClusterMessage message) {
            return Notice.of(message, options);
        }
    }

    /** Inserts into the events table, which servers read even if they were disconnected. */
    static final class Events extends QueueingTransport<EventAppender.Entry> {
        private final AtomicLong last = new AtomicLong();

        Events(Link link) {
            this(link, UUID.randomUUID().toString());
        }

        private Events(Link link, String name) {
            super(link, (connection, entries) -> EventStore.append(connection, link.options(), name, entries));
        }

        @Override
        EventAppender.Entry encode(ClusterMessage message) {
            return new EventAppender.Entry(
                    last.incrementAndGet(), message.namespace(), ClusterCodec.encode(message), offset -> {});
        }
    }
}
