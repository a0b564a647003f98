package dev.sockeye.socketio.adapter.cluster;

import dev.sockeye.socketio.adapter.Adapter;
import dev.sockeye.socketio.adapter.AdapterNamespace;
import dev.sockeye.socketio.adapter.InMemoryAdapter;
import dev.sockeye.socketio.adapter.Session;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How the servers of a cluster reach each other, for one namespace: all that an adapter for another broker has to write.
 * {@link ClusterAdapter} does the rest.
 *
 * <p>{@link #start} is called first, and again after {@link #close} if the server is started again. The transport calls {@link
 * Receiver#onMessage} after {@code start} was called, on any thread, without a lock, with the messages of one server in their order.
 *
 * <p>Methods may be called from any thread and must not block. What a broker cannot take in time is dropped and counted in
 * {@link #health()}, so that nothing grows without bound.
 */
public interface ClusterTransport {

    /** What a transport is given to hand its messages to. */
    interface Receiver {
        /**
         * Takes a message of another server, an answer too. Never throws; hold no lock. Of a message of this server only the
         * offset is noted, for what was run without one.
         *
         * @param offset its place in the broker's order, for connection state recovery; {@code null} for none
         */
        void onMessage(ClusterMessage message, @Nullable String offset);

        /** The rooms and sockets of this server. */
        InMemoryAdapter local();

        /** The namespace. */
        AdapterNamespace namespace();

        /** The id of this server in the cluster. */
        String uid();
    }

    /** Connects. Completes when messages of others arrive; a broker that is away is tried again, without end. */
    CompletableFuture<Void> start(Receiver receiver);

    /** Disconnects, after what is queued. */
    CompletableFuture<Void> close();

    /**
     * Says something to all other servers.
     *
     * @param local what the message means for this server; to be run exactly once, without a lock: at once, or by a broker that
     *     keeps an order when it is the message's turn, with its offset; without one when the broker is away
     */
    void publish(ClusterMessage message, Consumer<@Nullable String> local);

    /** Answers one other server. */
    void respond(String requesterUid, ClusterMessage.Response response);

    /** Whether {@link #serverCount()} knows the number of servers; else the adapter counts heartbeats. */
    default boolean countsServers() {
        return false;
    }

    /** How many servers the broker sees, this one included. */
    default CompletableFuture<Integer> serverCount() {
        throw new UnsupportedOperationException();
    }

    /** How it is. */
    default ClusterHealth health() {
        return ClusterHealth.GOOD;
    }

    /** Keeps a session up to date from now on, as {@link Adapter#followSession}. */
    default void followSession(String sid, Supplier<Session> session, Duration maxDisconnectionDuration) {}

    /** The rooms of a socket have changed, followed or not. */
    default void sessionChanged(String sid) {}

    /** A followed socket has left for good. */
    default void forgetSession(String sid, String pid) {}

    /** Keeps a session for its return to any server. */
    default void persistSession(Session session, Duration maxDisconnectionDuration) {}

    /**
     * Takes a session for a client that has come to this server. No other server has it then, nor gives it to another client,
     * and no other server that can be reached has a socket of its id.
     *
     * @return {@code null} when there is none, or it is being taken
     */
    default CompletableFuture<@Nullable Session> takeSession(String pid) {
        return CompletableFuture.completedFuture(null);
    }

    /** A session that was taken is of no use: the client starts anew. */
    default void dropSession(Session session) {}

    /**
     * Reads what came after an offset to this namespace, in order.
     *
     * @param reader is given each message and its offset
     * @return false when the broker has not all of it any more
     */
    default CompletableFuture<Boolean> readAfter(String offset, BiConsumer<String, ClusterMessage> reader) {
        return CompletableFuture.completedFuture(false);
    }

    /** Whether a text, which may come from a client, has the form of an offset. */
    default boolean isOffset(String text) {
        return false;
    }

    /** Compares the places of two offsets. */
    default int compareOffsets(String one, String other) {
        return one.compareTo(other);
    }

    /** The last offset when this server began to read; {@code null} for none. */
    default @Nullable String startOffset() {
        return null;
    }
}
