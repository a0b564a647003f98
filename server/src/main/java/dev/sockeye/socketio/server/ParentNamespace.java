package dev.sockeye.socketio.server;

import dev.sockeye.socketio.protocol.Arguments;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Stands for all namespaces whose names a pattern or a predicate accepts; they are created when a client connects to them. Middlewares
 * and handlers that are registered here before a child is created apply to it. Events that are emitted here go to the sockets of all
 * children. Official counterpart: {@code ParentNamespace}.
 */
public interface ParentNamespace extends Namespace {

    /** The children that exist now; a snapshot. {@code nsp.children}. */
    Set<Namespace> children();

    /** Sends an event through the adapter of each child. */
    @Override
    void emit(String event, @Nullable Object... args);

    /**
     * Not supported: a child may exist on one server of a cluster and not on another.
     *
     * @throws UnsupportedOperationException always
     */
    @Override
    CompletableFuture<List<RemoteSocket>> fetchSockets();

    /**
     * Not supported, for the same reason.
     *
     * @throws UnsupportedOperationException always
     */
    @Override
    CompletableFuture<List<Arguments>> emitWithAck(String event, @Nullable Object... args);
}
