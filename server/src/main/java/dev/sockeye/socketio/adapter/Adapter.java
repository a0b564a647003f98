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
 * Keeps the rooms of a namespace and sends to many sockets; one for each namespace. Official counterpart: {@code Adapter} of
 * {@code socket.io-adapter}. An adapter for a cluster holds an {@link InMemoryAdapter} for the sockets of its own server.
 *
 * <p>The server calls {@link #init} first; other calls may come before its future is complete. It calls {@link #close} last; a server
 * that is started again calls {@code init} again.
 *
 * <p>All methods may be called from any thread, also at the same time, and must not block; what needs an answer of other servers returns a
 * future. What {@link #addAll} and {@link #followSession} throw while a socket joins refuses its client; what {@link #delAll} and the methods
 * for sessions throw is logged, and the socket goes on; any other exception reaches the application that has made the call. The server calls an
 * adapter without holding a lock.
 */
public interface Adapter {

    /** Called before first use, and again when a closed server is started again. */
    default CompletableFuture<Void> init() {
        return CompletableFuture.completedFuture(null);
    }

    /** Ends its timers and connections. Called when the server is closed or the namespace removed. Idempotent. */
    default CompletableFuture<Void> close() {
        return CompletableFuture.completedFuture(null);
    }

    /** How many servers the cluster has, this one included. */
    default CompletableFuture<Integer> serverCount() {
        return CompletableFuture.completedFuture(1);
    }

    /** Puts a socket into rooms. Does nothing for a socket that is not of this server or has left. */
    void addAll(String socketId, Collection<String> rooms);

    /** Takes a socket out of a room. */
    void del(String socketId, String room);

    /** Takes a socket out of all rooms. */
    void delAll(String socketId);

    /**
     * Sends an event without acknowledgement.
     *
     * @param packet the event; its namespace is that of this adapter, whatever it says
     */
    void broadcast(SocketPacket.Event packet, BroadcastOptions options);

    /**
     * Sends an event and asks for acknowledgements.
     *
     * @param packet the event; its id is chosen here
     * @param clientCount told, once for each server, how many sockets there will answer
     * @param ack given each answer
     * @return removes the acknowledgements that are still pending; to be run once when waiting ends
     */
    Runnable broadcastWithAck(
            SocketPacket.Event packet, BroadcastOptions options, IntConsumer clientCount, Consumer<Arguments> ack);

    /** The ids of the sockets in any of these rooms; of all sockets for no room. */
    CompletableFuture<Set<String>> sockets(Set<String> rooms);

    /** The rooms of a socket of this server, a snapshot; {@code null} when it is in none. */
    @Nullable
    Set<String> socketRooms(String socketId);

    /** How many rooms a socket of this server is in. */
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

    /** Sends an event to the other servers and collects an answer of each. */
    CompletableFuture<List<Arguments>> serverSideEmitWithAck(String event, Arguments args);

    /**
     * A socket whose client may come back has connected: for adapters that keep sessions before they end, in case that this
     * server is killed. It is followed until {@link #persistSession} or {@link #forgetSession}.
     *
     * @param session what would be kept now; any thread
     */
    default void followSession(String sid, Supplier<Session> session) {}

    /** A followed socket has left for good. */
    default void forgetSession(String sid, String pid) {}

    /** Keeps a session for its return. */
    default void persistSession(Session session) {}

    /**
     * Looks for a session.
     *
     * @param offset the last offset that the client has seen; {@code null} when it never got an event
     * @return {@code null} when there is no such session, or what it missed is not known any more
     */
    default CompletableFuture<@Nullable RestoredSession> restoreSession(String pid, @Nullable String offset) {
        return CompletableFuture.completedFuture(null);
    }

    /** The offset of the last event that this adapter kept; {@code null} for an adapter without recovery. */
    default @Nullable String currentOffset() {
        return null;
    }

    /** Adds an observer of the rooms of this server. */
    void addRoomListener(RoomListener listener);

    /** Removes it. */
    void removeRoomListener(RoomListener listener);
}
