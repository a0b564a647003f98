package dev.sockeye.socketio.server;

import dev.sockeye.socketio.adapter.Adapter;
import dev.sockeye.socketio.protocol.Arguments;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Stands for all namespaces whose names a pattern or a predicate accepts; they are made when a client asks. Middlewares and
 * handlers registered here before a child is made apply to it; what is broadcast here goes to the sockets of all children.
 * Official counterpart: {@code ParentNamespace}.
 */
public final class ParentNamespace extends Namespace {
    private final Set<Namespace> children = ConcurrentHashMap.newKeySet();

    ParentNamespace(SocketIoServer server, String name) {
        super(server, name, false);
    }

    @Override
    Adapter newAdapter() {
        return new ParentAdapter(this);
    }

    /** The children of this moment. */
    public Set<Namespace> children() {
        return Set.copyOf(children);
    }

    Set<Namespace> liveChildren() {
        return children;
    }

    /** Goes through the adapter of each child. */
    @Override
    public void emit(String event, @Nullable Object... args) {
        for (Namespace child : children) {
            child.emit(event, args);
        }
    }

    /** Not supported: a child may be on one server of a cluster and not on another. */
    @Override
    public CompletableFuture<List<RemoteSocket>> fetchSockets() {
        throw new UnsupportedOperationException("fetchSockets() is not supported on parent namespaces");
    }

    /** Not supported, for the same reason. */
    @Override
    public CompletableFuture<List<Arguments>> emitWithAck(String event, @Nullable Object... args) {
        throw new UnsupportedOperationException("emitWithAck() is not supported on parent namespaces");
    }
}
