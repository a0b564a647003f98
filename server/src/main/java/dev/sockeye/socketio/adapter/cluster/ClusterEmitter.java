package dev.sockeye.socketio.adapter.cluster;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.sockeye.socketio.adapter.BroadcastFlags;
import dev.sockeye.socketio.adapter.BroadcastOptions;
import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.protocol.ReservedEvents;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The {@link Emitter} implementation for all brokers. */
final class ClusterEmitter implements Emitter {
    private final EmitterTransport transport;
    private final String namespace;
    private final BroadcastOptions target;

    ClusterEmitter(EmitterTransport transport) {
        this(transport, "/", BroadcastOptions.ALL);
    }

    private ClusterEmitter(EmitterTransport transport, String namespace, BroadcastOptions target) {
        this.transport = transport;
        this.namespace = namespace;
        this.target = target;
    }

    @Override
    public Emitter of(String name) {
        return new ClusterEmitter(transport, name.startsWith("/") ? name : "/" + name, BroadcastOptions.ALL);
    }

    @Override
    public Emitter to(String... rooms) {
        return with(new BroadcastOptions(plus(target.rooms(), rooms), target.except(), target.flags()));
    }

    @Override
    public Emitter except(String... rooms) {
        return with(new BroadcastOptions(target.rooms(), plus(target.except(), rooms), target.flags()));
    }

    @Override
    public Emitter asVolatile() {
        return with(new BroadcastOptions(
                target.rooms(), target.except(), target.flags().asVolatile()));
    }

    @Override
    public Emitter compress(boolean compress) {
        BroadcastFlags flags = target.flags().withCompress(compress);
        return with(new BroadcastOptions(target.rooms(), target.except(), flags));
    }

    @Override
    public Emitter latest(String key) {
        BroadcastFlags flags = target.flags().withLatest(key);
        return with(new BroadcastOptions(target.rooms(), target.except(), flags));
    }

    private Emitter with(BroadcastOptions changed) {
        return new ClusterEmitter(transport, namespace, changed);
    }

    private static Set<String> plus(Set<String> some, String[] more) {
        Set<String> all = new LinkedHashSet<>(some);
        all.addAll(Arrays.asList(more));
        return Collections.unmodifiableSet(all);
    }

    private CompletableFuture<Void> send(ClusterMessage message) {
        return transport.send(List.of(message));
    }

    @Override
    public CompletableFuture<Void> emit(String event, @Nullable Object... args) {
        ReservedEvents.check(event);
        return send(new ClusterMessage.Broadcast(
                ClusterMessage.EMITTER, namespace, event, Arguments.of(args), target, null));
    }

    @Override
    public CompletableFuture<Void> socketsJoin(String... rooms) {
        return send(new ClusterMessage.SocketsJoin(ClusterMessage.EMITTER, namespace, target, plus(Set.of(), rooms)));
    }

    @Override
    public CompletableFuture<Void> socketsLeave(String... rooms) {
        return send(new ClusterMessage.SocketsLeave(ClusterMessage.EMITTER, namespace, target, plus(Set.of(), rooms)));
    }

    @Override
    public CompletableFuture<Void> disconnectSockets(boolean close) {
        return disconnectSockets("", close);
    }

    @Override
    public CompletableFuture<Void> disconnectSockets(String reason, boolean close) {
        Objects.requireNonNull(reason, "reason");
        return send(new ClusterMessage.DisconnectSockets(ClusterMessage.EMITTER, namespace, target, close, reason));
    }

    @Override
    public CompletableFuture<Void> serverSideEmit(String event, @Nullable Object... args) {
        return send(
                new ClusterMessage.ServerSideEmit(ClusterMessage.EMITTER, namespace, event, Arguments.of(args), null));
    }

    @Override
    public CompletableFuture<Void> batch(Consumer<Emitter> messages) {
        Batch batch = new Batch();
        messages.accept(new ClusterEmitter(batch, namespace, target));
        List<ClusterMessage> all = batch.end();
        CompletableFuture<Void> sent = all.isEmpty() ? CompletableFuture.completedFuture(null) : transport.send(all);
        var unused = sent.whenComplete((done, error) -> {
            if (error == null) {
                batch.sent.complete(null);
            } else {
                batch.sent.completeExceptionally(error);
            }
        });
        return sent;
    }

    @Override
    public void close() {
        transport.close();
    }

    /** Collects messages until the batch ends. */
    private static final class Batch implements EmitterTransport {
        private final CompletableFuture<Void> sent = new CompletableFuture<>();

        @GuardedBy("this")
        private @Nullable List<ClusterMessage> messages = new ArrayList<>();

        @Override
        public synchronized CompletableFuture<Void> send(List<ClusterMessage> more) {
            if (messages == null) {
                throw new IllegalStateException("the batch has ended");
            }
            messages.addAll(more);
            return sent.copy();
        }

        synchronized List<ClusterMessage> end() {
            List<ClusterMessage> all = messages;
            messages = null;
            return all == null ? List.of() : all;
        }

        @Override
        public void close() {
            throw new IllegalStateException("a batch cannot close its emitter");
        }
    }
}
