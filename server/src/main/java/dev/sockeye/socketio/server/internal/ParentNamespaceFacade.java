package dev.sockeye.socketio.server.internal;

import dev.sockeye.socketio.Request;
import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.protocol.TypeRef;
import dev.sockeye.socketio.server.Namespace;
import dev.sockeye.socketio.server.ParentNamespace;
import dev.sockeye.socketio.server.RemoteSocket;
import dev.sockeye.socketio.server.SocketIoServer;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The application's view of a parent of dynamic namespaces. */
final class ParentNamespaceFacade extends NamespaceFacade implements ParentNamespace {
    private final Collection<NamespaceCore> children;

    ParentNamespaceFacade(SocketIoServer server, NamespaceCore core, Collection<NamespaceCore> children) {
        super(server, core);
        this.children = children;
    }

    @Override
    public Set<Namespace> children() {
        Set<Namespace> snapshot = new LinkedHashSet<>();
        children.forEach(child -> snapshot.add(child.facade()));
        return Collections.unmodifiableSet(snapshot);
    }

    @Override
    public void emit(String event, @Nullable Object... args) {
        for (NamespaceCore child : children) {
            child.facade().emit(event, args);
        }
    }

    @Override
    public CompletableFuture<List<RemoteSocket>> fetchSockets() {
        throw unsupported("fetchSockets()");
    }

    @Override
    public CompletableFuture<List<Arguments>> emitWithAck(String event, @Nullable Object... args) {
        throw unsupported("emitWithAck()");
    }

    @Override
    public <R> CompletableFuture<List<R>> emitWithAck(String event, Class<R> type, @Nullable Object... args) {
        throw unsupported("emitWithAck()");
    }

    @Override
    public <R> CompletableFuture<List<R>> emitWithAck(String event, TypeRef<R> type, @Nullable Object... args) {
        throw unsupported("emitWithAck()");
    }

    @Override
    public <Q, A> CompletableFuture<List<A>> emitWithAck(Request<Q, A> request, Q question) {
        throw unsupported("emitWithAck()");
    }

    private static UnsupportedOperationException unsupported(String method) {
        return new UnsupportedOperationException(method + " is not supported on parent namespaces");
    }
}
