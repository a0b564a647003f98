package dev.sockeye.socketio.adapter;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How the servers of a cluster reach each other, for one namespace: all that an adapter for another broker has to write.
 * {@link ClusterAdapter} does the rest.
 *
 * <p>Methods may be called from any thread and must not block. What a broker cannot take in time is dropped and counted in
 * {@link #health()}, so that nothing grows without bound.
 */
public interface ClusterTransport {

    /** What a transport is given to hand its messages to. */
    interface Receiver {
        /**
         * Takes a message of another server, an answer too; those of this server are ignored. Never throws.
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
     * @param local what the message means for this server; to be run exactly once: at once, or by a broker that keeps an order
     *     when it is the message's turn, with its offset; without one when the broker is away
     */
    void publish(ClusterMessage message, Consumer<@Nullable String> local);

    /** Answers one other server. */
    void respond(String requesterUid, ClusterMessage response);

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

    /** Looks for a session, as {@link Adapter#restoreSession}. */
    default CompletableFuture<@Nullable RestoredSession> restoreSession(String pid, @Nullable String offset) {
        return CompletableFuture.completedFuture(null);
    }

    /** The offset of the last message that was acted on; {@code null} for none. */
    default @Nullable String currentOffset() {
        return null;
    }
}
