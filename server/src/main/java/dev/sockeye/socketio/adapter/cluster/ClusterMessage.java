package dev.sockeye.socketio.adapter.cluster;

import dev.sockeye.socketio.adapter.BroadcastOptions;
import dev.sockeye.socketio.adapter.SocketDetails;
import dev.sockeye.socketio.protocol.Arguments;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the servers of a cluster say to each other. Official counterpart: {@code ClusterMessage} and {@code ClusterResponse}.
 *
 * <p>Arguments are as they came: received ones stay bytes until they are asked for, and are copied when they are sent again.
 * {@link ClusterCodec} has the forms on the wire. Immutable.
 */
public sealed interface ClusterMessage {

    /** The sender of an emitter's messages, which does not count as a server. */
    String EMITTER = "emitter";

    /** Which server says it; {@link #EMITTER} for a process that is no server, empty for an answer without a name. */
    String uid();

    /** The name of the namespace. */
    String namespace();

    /** The id of the request that it makes or answers; {@code null} for none. */
    default @Nullable String requestId() {
        return null;
    }

    /** A message for one server, which has asked for it. */
    sealed interface Response extends ClusterMessage {
        @Override
        String requestId();
    }

    /** A server has come; every other answers with {@link Heartbeat}. */
    record InitialHeartbeat(String uid, String namespace) implements ClusterMessage {}

    /** A server is alive. */
    record Heartbeat(String uid, String namespace) implements ClusterMessage {}

    /** A server goes. */
    record AdapterClose(String uid, String namespace) implements ClusterMessage {}

    /**
     * An event for sockets.
     *
     * @param requestId asks for acknowledgements; {@code null} for none
     */
    record Broadcast(
            String uid,
            String namespace,
            String event,
            Arguments args,
            BroadcastOptions to,
            @Nullable String requestId) implements ClusterMessage {}

    /** Sockets join rooms. */
    record SocketsJoin(String uid, String namespace, BroadcastOptions to, Set<String> rooms)
            implements ClusterMessage {}

    /** Sockets leave rooms. */
    record SocketsLeave(String uid, String namespace, BroadcastOptions to, Set<String> rooms)
            implements ClusterMessage {}

    /**
     * Sockets are disconnected.
     *
     * @param close their connections too
     * @param reason what the clients are told; empty for nothing. Sockeye's own, Node's servers do not look at it
     */
    record DisconnectSockets(String uid, String namespace, BroadcastOptions to, boolean close, String reason)
            implements ClusterMessage {

        /** Without a reason. */
        public DisconnectSockets(String uid, String namespace, BroadcastOptions to, boolean close) {
            this(uid, namespace, to, close, "");
        }
    }

    /** Asks for sockets. */
    record FetchSockets(String uid, String namespace, BroadcastOptions to, String requestId)
            implements ClusterMessage {}

    /** Answers {@link FetchSockets}. */
    record FetchSocketsResponse(String uid, String namespace, String requestId, List<SocketDetails> sockets)
            implements Response {}

    /**
     * An event for servers.
     *
     * @param requestId asks for an answer; {@code null} for none
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
     * @param answer only the first argument travels
     */
    record ServerSideEmitResponse(String uid, String namespace, String requestId, Arguments answer)
            implements Response {}

    /** How many sockets of a server will acknowledge a {@link Broadcast}. */
    record BroadcastClientCount(String uid, String namespace, String requestId, int clientCount) implements Response {}

    /**
     * The acknowledgement of one socket.
     *
     * @param answer only the first argument travels
     */
    record BroadcastAck(String uid, String namespace, String requestId, Arguments answer) implements Response {}
}
