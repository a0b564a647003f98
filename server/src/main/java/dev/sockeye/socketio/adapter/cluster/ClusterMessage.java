package dev.sockeye.socketio.adapter.cluster;

import dev.sockeye.socketio.adapter.BroadcastOptions;
import dev.sockeye.socketio.adapter.SocketDetails;
import dev.sockeye.socketio.protocol.Arguments;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A message between the servers of a cluster. Official counterpart: {@code ClusterMessage} and {@code ClusterResponse}.
 *
 * <p>Received arguments are kept as bytes and decoded on access; forwarding them copies the bytes. {@link ClusterCodec}
 * defines the wire format. Immutable.
 */
public sealed interface ClusterMessage {

    /** The sender id of emitters, which do not count as servers. */
    String EMITTER = "emitter";

    /**
     * The id of the sending server; {@link #EMITTER} for a process that is not a server, empty for an answer without a
     * sender.
     */
    String uid();

    /** The name of the namespace. */
    String namespace();

    /** The id of the request that this message makes or answers; {@code null} if there is none. */
    default @Nullable String requestId() {
        return null;
    }

    /** A response, sent only to the server that made the request. */
    sealed interface Response extends ClusterMessage {
        @Override
        String requestId();
    }

    /** A server has joined the cluster. Every other server answers with {@link Heartbeat}. */
    record InitialHeartbeat(String uid, String namespace) implements ClusterMessage {}

    /** Sent periodically to show that a server is alive. */
    record Heartbeat(String uid, String namespace) implements ClusterMessage {}

    /** A server is leaving the cluster. */
    record AdapterClose(String uid, String namespace) implements ClusterMessage {}

    /**
     * Broadcasts an event to sockets.
     *
     * @param requestId requests acknowledgements; {@code null} if none are requested
     */
    record Broadcast(
            String uid,
            String namespace,
            String event,
            Arguments args,
            BroadcastOptions to,
            @Nullable String requestId) implements ClusterMessage {}

    /** Makes sockets join rooms. */
    record SocketsJoin(String uid, String namespace, BroadcastOptions to, Set<String> rooms)
            implements ClusterMessage {}

    /** Makes sockets leave rooms. */
    record SocketsLeave(String uid, String namespace, BroadcastOptions to, Set<String> rooms)
            implements ClusterMessage {}

    /**
     * Disconnects sockets.
     *
     * @param close their connections too
     * @param reason the reason sent to the clients; empty for none. Specific to Sockeye, ignored by Node servers
     */
    record DisconnectSockets(String uid, String namespace, BroadcastOptions to, boolean close, String reason)
            implements ClusterMessage {

        /** Without a reason. */
        public DisconnectSockets(String uid, String namespace, BroadcastOptions to, boolean close) {
            this(uid, namespace, to, close, "");
        }
    }

    /** Requests the matching sockets. */
    record FetchSockets(String uid, String namespace, BroadcastOptions to, String requestId)
            implements ClusterMessage {}

    /** Answers {@link FetchSockets}. */
    record FetchSocketsResponse(String uid, String namespace, String requestId, List<SocketDetails> sockets)
            implements Response {}

    /**
     * Sends an event to the other servers.
     *
     * @param requestId requests an answer; {@code null} if none is requested
     */
    record ServerSideEmit(
            String uid,
            String namespace,
            String event,
            Arguments args,
            @Nullable String requestId) implements ClusterMessage {}

    /**
     * Answers {@link ServerSideEmit}.
     *
     * @param answer only the first argument is sent
     */
    record ServerSideEmitResponse(String uid, String namespace, String requestId, Arguments answer)
            implements Response {}

    /** The number of sockets of a server that will acknowledge a {@link Broadcast}. */
    record BroadcastClientCount(String uid, String namespace, String requestId, int clientCount) implements Response {}

    /**
     * The acknowledgement of one socket.
     *
     * @param answer only the first argument is sent
     */
    record BroadcastAck(String uid, String namespace, String requestId, Arguments answer) implements Response {}
}
