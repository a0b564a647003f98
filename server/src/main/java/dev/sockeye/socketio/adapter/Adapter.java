package dev.sockeye.socketio.adapter;

import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.protocol.SocketPacket;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the rooms of a namespace and sends to many sockets; there is one adapter for each namespace. Official
 * counterpart: {@code Adapter} of {@code socket.io-adapter}. An adapter for a cluster holds an {@link InMemoryAdapter}
 * for the sockets of its own server.
 *
 * <p>The server calls {@link #init} first; other methods may be called before its future is complete. It calls {@link
 * #close} last; a server that is restarted calls {@code init} again.
 *
 * <p>All methods may be called from any thread, also concurrently, and must not block; methods that need an answer of
 * other servers return a future. If {@link #addAll} or {@link #followSession} throws while a socket joins, the client
 * is refused. Exceptions of {@link #delAll} and of the session methods are logged and otherwise ignored. Any other
 * exception is thrown to the application code that made the call. The server calls adapters without holding a lock.
 */
public interface Adapter {

    /** Called before first use, and again when a closed server is restarted. */
    default CompletableFuture<Void> init() {
        return CompletableFuture.completedFuture(null);
    }

    /**
     * Stops its timers and closes its connections. Called when the server is closed or the namespace is removed.
     * Idempotent.
     */
    default CompletableFuture<Void> close() {
        return CompletableFuture.completedFuture(null);
    }

    /** The number of servers in the cluster, including this one. */
    default CompletableFuture<Integer> serverCount() {
        return CompletableFuture.completedFuture(1);
    }

    /**
     * The number of servers, including this one, whose clients are expected to answer a broadcast with acknowledgements. If it fails, as
     * answers may be missing, the broadcast fails after its timeout. By default {@link #serverCount()}. May
     * complete on any thread, but must not wait for handlers: answers that have arrived would time out.
     */
    default CompletableFuture<Integer> answeringServers() {
        return serverCount();
    }

    /** Adds a socket to rooms. Does nothing if the socket is not on this server or has left. */
    void addAll(String socketId, Collection<String> rooms);

    /** Removes a socket from a room. */
    void del(String socketId, String room);

    /** Removes a socket from all rooms. */
    void delAll(String socketId);

    /**
     * Sends an event without acknowledgement.
     *
     * @param packet the event; its namespace field is ignored and replaced by that of this adapter
     */
    void broadcast(SocketPacket.Event packet, BroadcastOptions options);

    /**
     * Sends an event and asks for acknowledgements.
     *
     * @param packet the event; its id is chosen here
     * @param clientCount called once for each server, with the number of its sockets that will answer
     * @param ack called with each answer
     * @return removes the acknowledgements that are still pending; must be run once, when the caller stops waiting
     */
    Runnable broadcastWithAck(
            SocketPacket.Event packet, BroadcastOptions options, IntConsumer clientCount, Consumer<Arguments> ack);

    /** The ids of the sockets in any of these rooms; of all sockets if no rooms are given. */
    CompletableFuture<Set<String>> sockets(Set<String> rooms);

    /** A snapshot of the rooms of a socket of this server; {@code null} if it is in none. */
    @Nullable
    Set<String> socketRooms(String socketId);

    /** The number of rooms that a socket of this server is in. */
    default int roomCount(String socketId) {
        Set<String> rooms = socketRooms(socketId);
        return rooms == null ? 0 : rooms.size();
    }

    /** The rooms of this server with the ids of their sockets, a snapshot. Official counterpart: {@code adapter.rooms}. */
    Map<String, Set<String>> rooms();

    /** The matching sockets of the cluster. */
    CompletableFuture<List<SocketDetails>> fetchSockets(BroadcastOptions options);

    /** Makes the matching sockets join rooms. */
    void addSockets(BroadcastOptions options, Collection<String> rooms);

    /** Makes the matching sockets leave rooms. */
    void delSockets(BroadcastOptions options, Collection<String> rooms);

    /** Disconnects the matching sockets. */
    void disconnectSockets(BroadcastOptions options, boolean close);

    /**
     * Disconnects the matching sockets for a reason of the application's own, as {@link LocalSocket#disconnect(String, boolean)}. An adapter that
     * does not know reasons disconnects them without.
     *
     * @param reason empty for none
     */
    default void disconnectSockets(BroadcastOptions options, String reason, boolean close) {
        disconnectSockets(options, close);
    }

    /** Sends an event to the other servers of the cluster. */
    void serverSideEmit(String event, Arguments args);

    /** Sends an event to the other servers and collects one answer from each. */
    CompletableFuture<List<Arguments>> serverSideEmitWithAck(String event, Arguments args);

    /**
     * A socket with a recoverable session has connected. Adapters that must survive the crash of this server store the
     * session from now on, until {@link #persistSession} or {@link #forgetSession} is called.
     *
     * @param session supplies the current state of the session; may be called from any thread
     */
    default void followSession(String sid, Supplier<Session> session) {}

    /** A followed socket has left and cannot be recovered. */
    default void forgetSession(String sid, String pid) {}

    /** Stores a session until its client reconnects or the session expires. */
    default void persistSession(Session session) {}

    /**
     * Restores a session.
     *
     * @param offset the last offset that the client has received; {@code null} if it has not received an event
     * @return the session; {@code null} if there is no such session, or the missed events are no longer available
     */
    default CompletableFuture<@Nullable RestoredSession> restoreSession(String pid, @Nullable String offset) {
        return CompletableFuture.completedFuture(null);
    }

    /** The offset of the last event that this adapter stored; {@code null} for an adapter without recovery. */
    default @Nullable String currentOffset() {
        return null;
    }

    /** Adds an observer of the rooms of this server. */
    void addRoomListener(RoomListener listener);

    /** Removes an observer of the rooms of this server. */
    void removeRoomListener(RoomListener listener);
}
