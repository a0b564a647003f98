package dev.sockeye.socketio.server;

import dev.sockeye.socketio.Event;
import dev.sockeye.socketio.Request;
import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.protocol.TypeRef;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The receivers of a broadcast: all sockets of a namespace, or those selected by a chain of {@code to}, {@code in} and
 * {@code except}. Immutable: each method of the chain returns a new object. Thread-safe; no method blocks on a socket.
 *
 * <p>Implemented by Sockeye only.
 */
public interface BroadcastTarget {

    /**
     * Selects the sockets in any of these rooms, in addition to the rooms already selected. A socket that is in several
     * of them receives an event once. {@code io.to(room)}.
     */
    BroadcastOperator to(String... rooms);

    /** The same as {@link #to}. {@code io.in(room)}. */
    BroadcastOperator in(String... rooms);

    /** Excludes the sockets in these rooms. The id of a socket is a room, too. {@code io.except(room)}. */
    BroadcastOperator except(String... rooms);

    /** Selects only sockets of this server, not of the cluster. {@code io.local}. */
    BroadcastOperator local();

    /** Drops events for sockets that cannot be written to immediately. {@code io.volatile}. */
    BroadcastOperator asVolatile();

    /** Sets whether the transport may compress the events. Default: true. {@code io.compress(false)}. */
    BroadcastOperator compress(boolean compress);

    /**
     * Events that replace older ones: while an event with this key still waits because the client is slow, a newer one takes its place, and
     * the older one is not sent. For what only counts in its newest state, such as {@code latest("price:X")}. Such an event cannot ask
     * for an acknowledgement. Sockeye's own.
     *
     * @param key of this namespace; other keys and other events are not touched
     */
    BroadcastOperator latest(String key);

    /** How long {@link #emitWithAck} waits; default 5 seconds. {@code io.timeout(ms)}. */
    BroadcastOperator timeout(Duration timeout);

    /**
     * Sends an event. Its arguments must not change afterwards.
     *
     * @throws IllegalArgumentException if the name is reserved
     * @throws dev.sockeye.socketio.protocol.BindingException if an argument cannot be encoded
     */
    void emit(String event, @Nullable Object... args);

    /** Sends a typed event. */
    default <T> void emit(Event<T> event, T arg) {
        emit(event.name(), arg);
    }

    /** Sends the event {@code message}. {@code io.send(...)}. */
    default void send(@Nullable Object... args) {
        emit("message", args);
    }

    /**
     * Sends an event and collects the answers of all receivers in the cluster.
     *
     * @return the answers, in order of arrival; fails with {@link dev.sockeye.socketio.AckTimeoutException}, which carries those received, if
     *     the timeout ran out. Completes on the handler executor
     * @throws IllegalStateException after {@link #latest}
     */
    CompletableFuture<List<Arguments>> emitWithAck(String event, @Nullable Object... args);

    /**
     * Same as {@link #emitWithAck(String, Object...)}, with the first argument of each answer converted to a type.
     *
     * @return the answers; also fails if one of them is <code>{"error": …}</code> ({@link
     *     dev.sockeye.socketio.AckErrorException}), is missing, {@code null} or does not fit ({@link
     *     dev.sockeye.socketio.protocol.BindingException})
     */
    <R> CompletableFuture<List<R>> emitWithAck(String event, Class<R> type, @Nullable Object... args);

    /** Same as {@link #emitWithAck(String, Class, Object...)}, with answers of a generic type. */
    <R> CompletableFuture<List<R>> emitWithAck(String event, TypeRef<R> type, @Nullable Object... args);

    /** Sends a request. The answers are handled as in {@link #emitWithAck(String, Class, Object...)}. */
    <Q, A> CompletableFuture<List<A>> emitWithAck(Request<Q, A> request, Q question);

    /** Returns the matching sockets of the whole cluster. {@code io.fetchSockets()}. */
    CompletableFuture<List<RemoteSocket>> fetchSockets();

    /** Makes the matching sockets join rooms. {@code io.socketsJoin(room)}. */
    void socketsJoin(String... rooms);

    /** Makes the matching sockets leave rooms. {@code io.socketsLeave(room)}. */
    void socketsLeave(String... rooms);

    /**
     * Disconnects the matching sockets. {@code io.disconnectSockets(close)}.
     *
     * @param close whether to close their connections, too
     */
    void disconnectSockets(boolean close);

    /** Disconnects the matching sockets from the namespace. */
    default void disconnectSockets() {
        disconnectSockets(false);
    }

    /**
     * Disconnects the matching sockets for a reason of the application's own: each client gets it as with {@link Socket#disconnect(String)}. In
     * a cluster the other servers get it too; Node servers disconnect their clients without it. No official counterpart.
     *
     * @param reason a text for people or programs, which the clients see; empty for none
     * @param close the connections too
     */
    void disconnectSockets(String reason, boolean close);

    /** Disconnects the matching sockets from the namespace, as {@link #disconnectSockets(String, boolean)}. */
    default void disconnectSockets(String reason) {
        disconnectSockets(reason, false);
    }
}
