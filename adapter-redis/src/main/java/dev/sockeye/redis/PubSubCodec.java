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

/** The form that messages have in the channels of {@code @socket.io/redis-adapter}; {@link PubSubReader} reads it. */
final class PubSubCodec {
    /** A message and its channel. */
    record Outgoing(String channel, byte[] bytes) {}

    private PubSubCodec() {}

    /** A request or an answer: JSON as the official servers send it, msgpack for binary, which they read too. */
    static byte[] json(Map<String, @Nullable Object> document) {
        return ClusterCodec.encodeDocument(document);
    }

    /** What to publish where; {@code null} for what this cluster does not say. */
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
            // this cluster knows no heartbeats
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

    /** An answer, and the channel of the server that asks, or of all. */
    static Outgoing encode(ClusterMessage.Response response, String own, String common) {
        Map<String, @Nullable Object> answer = new LinkedHashMap<>(4);
        if (response instanceof ClusterMessage.FetchSocketsResponse) {
            answer.put("requestId", response.requestId());
            answer.put("sockets", ClusterCodec.data(response).get("sockets"));
            answer.put("uid", response.uid()); // Node's servers do not sign, and do not look at it
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
