package dev.sockeye.redis;

import dev.sockeye.socketio.adapter.ClusterDocuments;
import dev.sockeye.socketio.adapter.ClusterMessage;
import dev.sockeye.socketio.protocol.JacksonBinding;
import dev.sockeye.socketio.protocol.Msgpack;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The form that messages have in the channels of {@code @socket.io/redis-adapter}. */
final class PubSubForm {
    /** A message and its channel. */
    record Outgoing(String channel, byte[] bytes) {}

    private PubSubForm() {}

    static byte[] json(Map<String, @Nullable Object> document) {
        return JacksonBinding.shared().write(document, new ArrayList<>(0));
    }

    /** What to publish where; {@code null} for what this cluster does not say. */
    static @Nullable Outgoing encode(ClusterMessage message, PubSubNames names) {
        Map<String, @Nullable Object> data = message.data();
        Map<String, @Nullable Object> request = new LinkedHashMap<>(8);
        boolean anonymous =
                message.uid().equals(ClusterMessage.EMITTER) && message.type() != ClusterMessage.Type.SERVER_SIDE_EMIT;
        if (!anonymous) {
            request.put("uid", message.uid());
        }
        String id = message.requestId();
        switch (message.type()) {
            case BROADCAST -> {
                Map<String, @Nullable Object> packet = packet(data.get("packet"), message.namespace());
                if (id == null) {
                    List<@Nullable Object> all = new ArrayList<>(3);
                    all.add(message.uid());
                    all.add(packet);
                    all.add(data.get("opts"));
                    return new Outgoing(names.broadcast(rooms(data.get("opts"))), Msgpack.encode(all));
                }
                request.put("requestId", id);
                request.put("type", PubSubNames.BROADCAST);
                request.put("packet", packet);
                request.put("opts", data.get("opts"));
                return new Outgoing(names.request(), Msgpack.encode(request));
            }
            case SOCKETS_JOIN, SOCKETS_LEAVE -> {
                request.put(
                        "type",
                        message.type() == ClusterMessage.Type.SOCKETS_JOIN
                                ? PubSubNames.REMOTE_JOIN
                                : PubSubNames.REMOTE_LEAVE);
                request.put("opts", selection(data.get("opts")));
                request.put("rooms", data.get("rooms"));
            }
            case DISCONNECT_SOCKETS -> {
                request.put("type", PubSubNames.REMOTE_DISCONNECT);
                request.put("opts", selection(data.get("opts")));
                request.put("close", data.get("close"));
            }
            case FETCH_SOCKETS -> {
                request.put("requestId", id);
                request.put("type", PubSubNames.REMOTE_FETCH);
                request.put("opts", selection(data.get("opts")));
            }
            case SERVER_SIDE_EMIT -> {
                if (id != null) {
                    request.put("requestId", id);
                }
                request.put("type", PubSubNames.SERVER_SIDE_EMIT);
                request.put("data", data.get("packet"));
            }
            default -> {
                // this cluster knows no heartbeats
                return null;
            }
        }
        return new Outgoing(names.request(), json(request));
    }

    private static Map<String, @Nullable Object> packet(@Nullable Object packet, String namespace) {
        Map<String, @Nullable Object> named = new LinkedHashMap<>(4);
        if (packet instanceof Map<?, ?> map) {
            map.forEach((key, value) -> named.put((String) key, value));
        }
        named.put("nsp", namespace);
        return named;
    }

    private static Set<String> rooms(@Nullable Object opts) {
        return opts instanceof Map<?, ?> map ? ClusterDocuments.names(map.get("rooms")) : Set.of();
    }

    private static Map<String, @Nullable Object> selection(@Nullable Object opts) {
        Map<String, @Nullable Object> selection = new LinkedHashMap<>(2);
        if (opts instanceof Map<?, ?> map) {
            selection.put("rooms", map.get("rooms"));
            selection.put("except", map.get("except"));
        }
        return selection;
    }
}
