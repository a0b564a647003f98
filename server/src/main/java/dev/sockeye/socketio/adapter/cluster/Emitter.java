package dev.sockeye.socketio.adapter.cluster;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Sends to the clients of a cluster from a process that is not a Socket.IO server: a batch job, a web application, a script. The
 * adapter of each broker makes one: {@code RedisEmitter}, {@code PostgresEmitter}, {@code KafkaEmitter}. Official counterpart: the
 * {@code Emitter} of npm {@code @socket.io/redis-emitter} and {@code @socket.io/postgres-emitter}.
 *
 * <pre>{@code
 * try (Emitter emitter = RedisEmitter.connect("redis://localhost")) {
 *     emitter.to("room").emit("event", "hello").join();
 * }
 * }</pre>
 *
 * <p>Immutable except for its connection, which is shared by all emitters that were derived from one. Thread-safe; no
 * method blocks except {@link #close}. Arguments are encoded before a method returns, so they may be changed
 * afterwards. Messages of one thread reach the broker in the order of the calls.
 *
 * <p>Each call returns a future. It completes when the broker has accepted the message, not when clients have received
 * it. It fails when the broker cannot be reached; then the message is not kept and not sent again. Acknowledgements are
 * not supported. A room may be the id of a socket.
 */
public interface Emitter extends AutoCloseable {

    /** Creates an emitter for all clients of the main namespace. */
    static Emitter over(EmitterTransport transport) {
        return new ClusterEmitter(transport);
    }

    /**
     * Returns an emitter for all clients of a namespace. Rooms and flags set before are not kept. Official counterpart:
     * {@code emitter.of("/admin")}.
     *
     * @param namespace a missing leading slash is added
     */
    Emitter of(String namespace);

    /** Returns an emitter that also targets the clients in these rooms. {@code emitter.to("room")}. */
    Emitter to(String... rooms);

    /** The same as {@link #to}. */
    default Emitter in(String... rooms) {
        return to(rooms);
    }

    /** Returns an emitter that excludes the clients in these rooms. {@code emitter.except("room")}. */
    Emitter except(String... rooms);

    /**
     * Returns an emitter whose events are dropped for clients that are not ready to receive. {@code emitter.volatile}.
     */
    Emitter asVolatile();

    /**
     * Returns an emitter whose events may be compressed by the transport, or not. Default: true. {@code
     * emitter.compress(false)}.
     */
    Emitter compress(boolean compress);

    /**
     * Returns an emitter whose events replace older events with the same key that are still queued for a slow client, like {@code
     * io.latest(key)}. Sockeye's own; a Node.js server sends them like all other events.
     */
    Emitter latest(String key);

    /**
     * Sends an event to the clients. {@code emitter.emit(event, ...args)}.
     *
     * @throws IllegalArgumentException if the name is reserved
     */
    @CanIgnoreReturnValue
    CompletableFuture<Void> emit(String event, @Nullable Object... args);

    /** Makes the matching sockets join rooms. {@code emitter.socketsJoin(rooms)}. */
    @CanIgnoreReturnValue
    CompletableFuture<Void> socketsJoin(String... rooms);

    /** Makes the matching sockets leave rooms. {@code emitter.socketsLeave(rooms)}. */
    @CanIgnoreReturnValue
    CompletableFuture<Void> socketsLeave(String... rooms);

    /**
     * Disconnects the matching sockets. {@code emitter.disconnectSockets(close)}.
     *
     * @param close whether to close their connections too, with the sockets of other namespaces on them
     */
    @CanIgnoreReturnValue
    CompletableFuture<Void> disconnectSockets(boolean close);

    /**
     * Disconnects the matching sockets for a reason that their clients receive. Sockeye's own; Node servers disconnect the sockets
     * without it.
     *
     * @param reason a text for people or programs, which the clients see; empty for none
     * @param close whether to close their connections too, with the sockets of other namespaces on them
     */
    @CanIgnoreReturnValue
    CompletableFuture<Void> disconnectSockets(String reason, boolean close);

    /** The same as {@link #disconnectSockets(String, boolean)} with {@code close = false}. */
    @CanIgnoreReturnValue
    default CompletableFuture<Void> disconnectSockets(String reason) {
        return disconnectSockets(reason, false);
    }

    /** Sends an event to all servers of the cluster, without an answer. {@code emitter.serverSideEmit(event, ...args)}. */
    @CanIgnoreReturnValue
    CompletableFuture<Void> serverSideEmit(String event, @Nullable Object... args);

    /**
     * Sends several messages at once, in order: in a single round trip if the broker supports that, in one transaction
     * with PostgreSQL. Sockeye's own.
     *
     * <pre>{@code
     * emitter.batch(batch -> {
     *     batch.to("orders").emit("order", order);
     *     batch.to("stock").emit("stock", left);
     * }).join();
     * }</pre>
     *
     * @param messages called immediately with an emitter that collects its messages. The futures of that emitter, and
     *     of those derived from it, complete with the batch. It must not be used after the call.
     * @return completes when the broker has accepted all messages
     */
    @CanIgnoreReturnValue
    CompletableFuture<Void> batch(Consumer<Emitter> messages);

    /** Closes the connection after the messages in flight have been sent. Blocks for a few seconds at most. */
    @Override
    void close();
}
