package dev.sockeye.socketio.server;

import dev.sockeye.socketio.EventSender;
import dev.sockeye.socketio.SocketDisconnectedException;
import dev.sockeye.socketio.protocol.Arguments;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A socket of any server of the cluster, as returned by {@code fetchSockets()}. Official counterpart: {@code
 * RemoteSocket}. Thread-safe.
 *
 * <p>Implemented by Sockeye only.
 */
public interface RemoteSocket extends EventSender {

    /** The id of the socket. */
    String id();

    /** Its handshake. */
    Handshake handshake();

    /** Its rooms at the time it was fetched; for a socket of this server, its current rooms. */
    Set<String> rooms();

    /** Its data at the time it was fetched; for a socket of this server, the live map. */
    Map<String, Object> data();

    /** Makes it join rooms. */
    void join(String... rooms);

    /** Makes it leave rooms. */
    void leave(String... rooms);

    /** Sends it an event. */
    @Override
    void emit(String event, @Nullable Object... args);

    /** Returns this socket with a timeout for {@link #emitWithAck}. Default: 5 seconds. */
    RemoteSocket timeout(Duration timeout);

    /**
     * Sends it an event and requests an answer; fails with {@link dev.sockeye.socketio.AckTimeoutException}, or with
     * {@link SocketDisconnectedException} when it has disconnected.
     */
    @Override
    CompletableFuture<Arguments> emitWithAck(String event, @Nullable Object... args);

    /**
     * Disconnects it.
     *
     * @param close whether to close the connection, too
     */
    void disconnect(boolean close);

    /** Disconnects it from the namespace. */
    void disconnect();

    /**
     * Disconnects it for a reason of the application's own, which the client gets as with {@link Socket#disconnect(String)}; not from a Node
     * server. No official counterpart.
     *
     * @param reason a text for people or programs, which the client sees; empty for none
     * @param close the connection too
     */
    void disconnect(String reason, boolean close);

    /** Disconnects it from the namespace, as {@link #disconnect(String, boolean)}. */
    default void disconnect(String reason) {
        disconnect(reason, false);
    }
}
