package dev.sockeye.redis;

import dev.sockeye.socketio.adapter.BroadcastOptions;
import dev.sockeye.socketio.adapter.cluster.ClusterCodec;
import dev.sockeye.socketio.adapter.cluster.ClusterDocuments;
import dev.sockeye.socketio.adapter.cluster.ClusterMessage;
import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.protocol.Msgpack;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Encodes messages in the format of {@code @socket.io/redis-adapter}; {@link PubSubReader} decodes it. */
final class PubSubCodec {
    /** A message and its channel. */
    record Outgoing(String channel, byte[] bytes) {}

    private PubSubCodec() {}

    /**
     * Encodes a request or a response: JSON like the official servers, or msgpack for binary data, which they also
     * accept.
     */
    static byte[] json(Map<String, @Nullable Object> document) {
        return ClusterCodec.encodeDocument(document);
    }

    /** The message and its channel; {@code null} for messages that are not used in this cluster. */
    static @Nullable Outgoing encode(ClusterMessage message, PubSubNames names) {
        Map<String, @Nullable Object> request = new LinkedHashMap<>(8);
        boolean anonymous =
                message.uid().equals(ClusterMessage.EMITTER) && !(message instanceof ClusterMessage.ServerSideEmit);
        if (!anonymous) {
            request.put("uid", message.uid());
        }
        String id = message.requestId();
        if (message instanceof ClusterMessage.Broadcast broadcast) {
            Map<String, @Nullable Object> packet = ClusterDocuments.packet(broadcast.event(), broadcast.args());
            packet.put("nsp", message.namespace());
            if (id == null) {
                List<@Nullable Object> all = new ArrayList<>(3);
                all.add(message.uid());
                all.add(packet);
                all.add(ClusterDocuments.options(broadcast.to()));
                return new Outgoing(names.broadcast(broadcast.to().rooms()), Msgpack.encode(all));
            }
            request.put("requestId", id);
            request.put("type", PubSubNames.BROADCAST);
            request.put("packet", packet);
            request.put("opts", ClusterDocuments.options(broadcast.to()));
            return new Outgoing(names.request(), Msgpack.encode(request));
        } else if (message instanceof ClusterMessage.SocketsJoin join) {
            request.put("type", PubSubNames.REMOTE_JOIN);
            request.put("opts", selection(join.to()));
            request.put("rooms", join.rooms());
        } else if (message instanceof ClusterMessage.SocketsLeave leave) {
            request.put("type", PubSubNames.REMOTE_LEAVE);
            request.put("opts", selection(leave.to()));
            request.put("rooms", leave.rooms());
        } else if (message instanceof ClusterMessage.DisconnectSockets disconnect) {
            request.put("type", PubSubNames.REMOTE_DISCONNECT);
            request.put("opts", selection(disconnect.to()));
            request.put("close", disconnect.close());
            if (!disconnect.reason().isEmpty()) {
                request.put("reason", disconnect.reason());
            }
        } else if (message instanceof ClusterMessage.FetchSockets fetch) {
            request.put("requestId", id);
            request.put("type", PubSubNames.REMOTE_FETCH);
            request.put("opts", selection(fetch.to()));
        } else if (message instanceof ClusterMessage.ServerSideEmit emit) {
            if (id != null) {
                request.put("requestId", id);
            }
            request.put("type", PubSubNames.SERVER_SIDE_EMIT);
            request.put("data", ClusterDocuments.event(emit.event(), emit.args()));
        } else {
            // there are no heartbeats in this cluster
            return null;
        }
        return new Outgoing(names.request(), json(request));
    }

    private static Map<String, @Nullable Object> selection(BroadcastOptions to) {
        Map<String, @Nullable Object> selection = new LinkedHashMap<>(2);
        selection.put("rooms", to.rooms());
        selection.put("except", to.except());
        return selection;
    }

    /** A response, and the channel of the requesting server or of all servers. */
    static Outgoing encode(ClusterMessage.Response response, String own, String common) {
        Map<String, @Nullable Object> answer = new LinkedHashMap<>(4);
        if (response instanceof ClusterMessage.FetchSocketsResponse) {
            answer.put("requestId", response.requestId());
            answer.put("sockets", ClusterCodec.data(response).get("sockets"));
            answer.put("uid", response.uid()); // Node.js servers do not send the sender's id and ignore it
            return new Outgoing(own, json(answer));
        } else if (response instanceof ClusterMessage.ServerSideEmitResponse served) {
            answer.put("type", PubSubNames.SERVER_SIDE_EMIT);
            answer.put("requestId", response.requestId());
            putFirst(answer, "data", served.answer());
            answer.put("uid", response.uid());
            return new Outgoing(common, json(answer));
        } else if (response instanceof ClusterMessage.BroadcastClientCount count) {
            answer.put("type", PubSubNames.CLIENT_COUNT);
            answer.put("requestId", response.requestId());
            answer.put("clientCount", count.clientCount());
            return new Outgoing(own, json(answer));
        }
        answer.put("type", PubSubNames.ACK);
        answer.put("requestId", response.requestId());
        putFirst(answer, "packet", ((ClusterMessage.BroadcastAck) response).answer());
        return new Outgoing(own, Msgpack.encode(answer));
    }

    private static void putFirst(Map<String, @Nullable Object> answer, String key, Arguments args) {
        if (args.size() > 0) {
            answer.put(key, args.payload(0));
        }
    }
}
