package dev.sockeye.socketio.server.internal;

import dev.sockeye.socketio.Request;
import dev.sockeye.socketio.adapter.Adapter;
import dev.sockeye.socketio.adapter.BroadcastFlags;
import dev.sockeye.socketio.adapter.BroadcastOptions;
import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.protocol.SocketPacket;
import dev.sockeye.socketio.protocol.TypeRef;
import dev.sockeye.socketio.server.BroadcastOperator;
import dev.sockeye.socketio.server.RemoteSocket;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A chain of {@code to}, {@code except} and flags on a namespace. */
final class BroadcastChain implements BroadcastOperator {
    private final NamespaceCore namespace;
    private final Set<String> rooms;
    private final Set<String> except;
    private final BroadcastFlags flags;

    BroadcastChain(NamespaceCore namespace, Set<String> rooms, Set<String> except, BroadcastFlags flags) {
        this.namespace = namespace;
        this.rooms = rooms;
        this.except = except;
        this.flags = flags;
    }

    @Override
    public BroadcastOperator to(String... more) {
        return new BroadcastChain(namespace, plus(rooms, more), except, flags);
    }

    @Override
    public BroadcastOperator in(String... more) {
        return to(more);
    }

    @Override
    public BroadcastOperator except(String... more) {
        return new BroadcastChain(namespace, rooms, plus(except, more), flags);
    }

    @Override
    public BroadcastOperator local() {
        return with(flags.asLocal());
    }

    @Override
    public BroadcastOperator asVolatile() {
        return with(flags.asVolatile());
    }

    @Override
    public BroadcastOperator compress(boolean compress) {
        return with(flags.withCompress(compress));
    }

    @Override
    public BroadcastOperator latest(String key) {
        return with(flags.withLatest(key));
    }

    @Override
    public BroadcastOperator timeout(Duration timeout) {
        return with(flags.withTimeout(timeout));
    }

    @Override
    public void emit(String event, @Nullable Object... args) {
        ReservedEvents.checkEmit(event);
        namespace.adapter().broadcast(packet(event, args), options());
    }

    @Override
    public CompletableFuture<List<Arguments>> emitWithAck(String event, @Nullable Object... args) {
        ReservedEvents.checkEmit(event);
        BroadcastAcks.check(flags);
        return new BroadcastAcks(namespace, flags.timeout()).start(packet(event, args), options());
    }

    @Override
    public <R> CompletableFuture<List<R>> emitWithAck(String event, Class<R> type, @Nullable Object... args) {
        return BroadcastAcks.typed(emitWithAck(event, args), Request.of(event, Object.class, type));
    }

    @Override
    public <R> CompletableFuture<List<R>> emitWithAck(String event, TypeRef<R> type, @Nullable Object... args) {
        return BroadcastAcks.typed(emitWithAck(event, args), Request.of(event, Object.class, type));
    }

    @Override
    public <Q, A> CompletableFuture<List<A>> emitWithAck(Request<Q, A> request, Q question) {
        return BroadcastAcks.typed(emitWithAck(request.name(), question), request);
    }

    @Override
    public CompletableFuture<List<RemoteSocket>> fetchSockets() {
        return namespace
                .adapter()
                .fetchSockets(options())
                .thenApply(found -> found.stream()
                        .<RemoteSocket>map(details -> new RemoteSocketFacade(namespace, details))
                        .toList());
    }

    @Override
    public void socketsJoin(String... more) {
        adapter().addSockets(options(), List.of(more));
    }

    @Override
    public void socketsLeave(String... fewer) {
        adapter().delSockets(options(), List.of(fewer));
    }

    @Override
    public void disconnectSockets(boolean close) {
        adapter().disconnectSockets(options(), close);
    }

    @Override
    public void disconnectSockets(String reason, boolean close) {
        adapter().disconnectSockets(options(), reason, close);
    }

    private Adapter adapter() {
        return namespace.adapter();
    }

    private BroadcastChain with(BroadcastFlags changed) {
        return new BroadcastChain(namespace, rooms, except, changed);
    }

    private BroadcastOptions options() {
        return new BroadcastOptions(rooms, except, flags);
    }

    private SocketPacket.Event packet(String event, @Nullable Object[] args) {
        return new SocketPacket.Event(namespace.name(), SocketPacket.NO_ID, event, Arguments.of(args));
    }

    private static Set<String> plus(Set<String> set, String[] more) {
        if (set.isEmpty() && more.length == 1) {
            return Set.of(more[0]);
        }
        Set<String> all = new LinkedHashSet<>(set);
        all.addAll(Arrays.asList(more));
        return Collections.unmodifiableSet(all);
    }
}
