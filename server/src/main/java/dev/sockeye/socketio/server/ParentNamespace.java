package dev.sockeye.socketio.server;

import dev.sockeye.socketio.protocol.Arguments;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The parent of all dynamic namespaces whose names match a pattern or a predicate. A child is created when the first
 * client connects to it. Middlewares and handlers that were registered on the parent before a child is created apply to
 * that child. Events that are emitted on the parent are sent to the sockets of all children, in the order in which the
 * children were created. Official counterpart: {@code ParentNamespace}.
 */
public interface ParentNamespace extends Namespace {

    /** A snapshot of the existing children, in the order of their creation. {@code nsp.children}. */
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
