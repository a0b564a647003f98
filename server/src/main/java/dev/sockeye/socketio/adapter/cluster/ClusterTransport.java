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
 * Sends and receives the cluster messages of one namespace over a broker. Implement this interface to support another
 * broker; {@link ClusterAdapter} does the rest.
 *
 * <p>{@link #start} is called first, and again after the future of {@link #close} has completed if the server is restarted.
 * {@code close} is called once after each {@code start}, not before it has returned, perhaps before its future has completed.
 * After {@code start} the transport calls {@link Receiver#onMessage} on any thread, without holding a lock; the messages of one server are
 * delivered in order.
 *
 * <p>Methods may be called from any thread and must not block. Messages that the broker cannot accept in time are
 * dropped and counted in {@link #health()}, so that queues stay bounded.
 */
public interface ClusterTransport {

    /** Receives the messages of a transport. */
    interface Receiver {
        /**
         * Handles a message or an answer of another server. Never throws; call it without holding a lock. For a message
         * of this server, only the offset is recorded, because it was handled locally without one.
         *
         * @param offset the position in the order of the broker, for connection state recovery; {@code null} if there
         *     is none
         */
        void onMessage(ClusterMessage message, @Nullable String offset);

        /** The rooms and sockets of this server. */
        InMemoryAdapter local();

        /** The namespace. */
        AdapterNamespace namespace();

        /** The id of this server in the cluster. */
        String uid();
    }

    /**
     * Connects. The future completes when messages of other servers can be received. If the broker is unavailable, the
     * transport retries until it is closed.
     */
    CompletableFuture<Void> start(Receiver receiver);

    /** Disconnects after sending the queued messages. */
    CompletableFuture<Void> close();

    /**
     * Sends a message to all other servers.
     *
     * @param local handles the message on this server. Must be called exactly once, without holding a lock:
     *     immediately; or, if the broker keeps an order, when the message is delivered, with its offset ({@code null}
     *     if the broker is unavailable)
     */
    void publish(ClusterMessage message, Consumer<@Nullable String> local);

    /** Sends a response to one other server. */
    void respond(String requesterUid, ClusterMessage.Response response);

    /** Whether {@link #serverCount()} is supported; otherwise the adapter counts heartbeats. */
    default boolean supportsServerCount() {
        return false;
    }

    /** The number of servers known to the broker, including this one. */
    default CompletableFuture<Integer> serverCount() {
        throw new UnsupportedOperationException();
    }

    /** The state of the connection to the broker. */
    default ClusterHealth health() {
        return ClusterHealth.GOOD;
    }

    /** Starts to keep a session up to date, as in {@link Adapter#followSession}. */
    default void followSession(String sid, Supplier<Session> session, Duration maxDisconnectionDuration) {}

    /** The rooms of a socket have changed; called whether or not the socket is followed. */
    default void sessionChanged(String sid) {}

    /** A followed socket has left and cannot be recovered. */
    default void forgetSession(String sid, String pid) {}

    /** Stores a session, so that its client can recover it on any server. */
    default void persistSession(Session session, Duration maxDisconnectionDuration) {}

    /**
     * Takes ownership of a session for a client that has connected to this server. Afterwards no other server can
     * restore the session, and no reachable server has a socket with its id.
     *
     * @return the session; {@code null} if there is none. Fails with a {@link SessionBusyException} if another server is
     *     taking it: the adapter asks again for up to 13 seconds, because that server may be about to release it
     */
    default CompletableFuture<@Nullable Session> takeSession(String pid) {
        return CompletableFuture.completedFuture(null);
    }

    /**
     * As {@link #takeSession(String)}, but the session is also taken from one server that has been taking it for 10 seconds without
     * {@linkplain #keepSession confirming} it: that server is considered dead. Should it be alive, its later writes of the session must
     * have no effect.
     *
     * <p>The default asks as before. That is sufficient if the broker ends the taking of a dead server itself, within 13 seconds.
     *
     * @param deadTaker the {@linkplain SessionBusyException#taker() taker} with which all attempts of these 10 seconds have failed
     */
    default CompletableFuture<@Nullable Session> takeSession(String pid, String deadTaker) {
        return takeSession(pid);
    }

    /**
     * Confirms that this server is still taking a session: its {@linkplain SessionBusyException#taker() taker} changes for other
     * servers, so this server has 10 more seconds. Called before a client is admitted more than 4 seconds after its session was taken.
     *
     * @return false if another server has taken the session; the client is not admitted then
     */
    default CompletableFuture<Boolean> keepSession(Session session) {
        return CompletableFuture.completedFuture(true);
    }

    /** A session that was taken could not be restored; its client gets a new session. */
    default void dropSession(Session session) {}

    /**
     * Reads the messages of this namespace after an offset, in order.
     *
     * @param reader receives each message with its offset
     * @return false if the broker no longer has all of these messages
     */
    default CompletableFuture<Boolean> readAfter(String offset, BiConsumer<String, ClusterMessage> reader) {
        return CompletableFuture.completedFuture(false);
    }

    /**
     * Reads the messages of this namespace after an offset, at least up to another one, in order. This server has delivered
     * nothing after {@code until} that is not recorded elsewhere, so later messages need not be read: under constant load,
     * reading up to the end of the log might never end. The default reads as far as {@link #readAfter(String, BiConsumer)}.
     *
     * @param offset the last message that the client has received; may be after {@code until}
     * @param until the last message that must be read
     * @param reader receives each message with its offset
     * @return false if the broker no longer has all of these messages
     */
    default CompletableFuture<Boolean> readAfter(
            String offset, String until, BiConsumer<String, ClusterMessage> reader) {
        return readAfter(offset, reader);
    }

    /** Whether a string, which may come from a client, is a well-formed offset. */
    default boolean isOffset(String text) {
        return false;
    }

    /** Compares the positions of two offsets. */
    default int compareOffsets(String one, String other) {
        return one.compareTo(other);
    }

    /**
     * The offset up to which this server has delivered everything, messages of other namespaces included; {@code null} if
     * there is none. Read after a delivery has ended, so that it is never ahead of the messages of this namespace.
     */
    default @Nullable String startOffset() {
        return null;
    }
}
