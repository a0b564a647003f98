package dev.sockeye.redis;

import dev.sockeye.socketio.adapter.cluster.ClusterCodec;
import dev.sockeye.socketio.adapter.cluster.ClusterMessage;
import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.protocol.DecodeException;
import dev.sockeye.socketio.protocol.Msgpack;
import dev.sockeye.socketio.protocol.Payload;
import dev.sockeye.socketio.protocol.RawDocument;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Decodes the messages of {@code @socket.io/redis-adapter}. Thread-safe. */
final class PubSubReader {
    // types of ClusterCodec
    private static final int BROADCAST = 3;
    private static final int JOIN = 4;
    private static final int LEAVE = 5;
    private static final int DISCONNECT = 6;
    private static final int FETCH = 7;
    private static final int FOUND = 8;
    private static final int EMIT = 9;
    private static final int EMITTED = 10;
    private static final int COUNT = 11;
    private static final int ACK = 12;

    private PubSubReader() {}

    /** A broadcast: {@code [uid, packet, opts]} in msgpack; {@code null} for one of another namespace. */
    static @Nullable ClusterMessage broadcast(byte[] message) throws DecodeException {
        Arguments all = RawDocument.elements(Msgpack.payload(message), 0);
        if (all == null || all.size() < 3 || !(all.get(0) instanceof String uid)) {
            throw new DecodeException("not a broadcast");
        }
        Payload namespace = RawDocument.fields(all.payload(1)).get("nsp");
        Map<String, Payload> data = new LinkedHashMap<>(4);
        data.put("packet", all.payload(1));
        data.put("opts", all.payload(2));
        String name = namespace != null && namespace.get() instanceof String given ? given : "/";
        return ClusterCodec.decode(uid, name, BROADCAST, data);
    }

    /** The number of a request; -1 for none. */
    static int type(Map<String, Payload> request) {
        Payload type = request.get("type");
        return type != null && type.get() instanceof Number number ? number.intValue() : -1;
    }

    static @Nullable String text(Map<String, Payload> document, String key) {
        Payload value = document.get(key);
        return value != null && value.get() instanceof String text ? text : null;
    }

    private static boolean isSet(Map<String, Payload> document, String key) {
        Payload value = document.get(key);
        return value != null && value.get() != null;
    }

    /**
     * A request; {@code null} for the requests for sockets and rooms, which are only sent by older servers, and for
     * unknown ones.
     */
    static @Nullable ClusterMessage request(Map<String, Payload> request, String uid, String namespace)
            throws DecodeException {
        Map<String, Payload> data = new LinkedHashMap<>(4);
        copy(request, "requestId", data, "requestId");
        copy(request, "opts", data, "opts");
        int type = type(request);
        switch (type) {
            case PubSubNames.REMOTE_JOIN, PubSubNames.REMOTE_LEAVE, PubSubNames.REMOTE_DISCONNECT -> {
                if (isOfOneSocket(request)) {
                    data.put("opts", Payload.of(Map.of("rooms", List.of(String.valueOf(text(request, "sid"))))));
                    String room = text(request, "room");
                    data.put("rooms", Payload.of(room == null ? List.of() : List.of(room)));
                } else {
                    copy(request, "rooms", data, "rooms");
                }
                copy(request, "close", data, "close");
                copy(request, "reason", data, "reason");
                int meant =
                        type == PubSubNames.REMOTE_JOIN ? JOIN : type == PubSubNames.REMOTE_LEAVE ? LEAVE : DISCONNECT;
                return ClusterCodec.decode(uid, namespace, meant, data);
            }
            case PubSubNames.REMOTE_FETCH -> {
                return ClusterCodec.decode(uid, namespace, FETCH, data);
            }
            case PubSubNames.SERVER_SIDE_EMIT -> {
                copy(request, "data", data, "packet");
                return ClusterCodec.decode(uid, namespace, EMIT, data);
            }
            case PubSubNames.BROADCAST -> {
                copy(request, "packet", data, "packet");
                return ClusterCodec.decode(uid, namespace, BROADCAST, data);
            }
            default -> {
                return null;
            }
        }
    }

    /** Older servers send one socket and one room, and expect a response. */
    static boolean isOfOneSocket(Map<String, Payload> request) {
        return !isSet(request, "opts") && text(request, "sid") != null;
    }

    /** A response; {@code null} for one that this server does not request. */
    static @Nullable ClusterMessage answer(byte[] message, String namespace) throws DecodeException {
        Map<String, Payload> answer = RawDocument.fields(message);
        Map<String, Payload> data = new LinkedHashMap<>(4);
        copy(answer, "requestId", data, "requestId");
        int type;
        switch (type(answer)) {
            case PubSubNames.SERVER_SIDE_EMIT -> {
                type = EMITTED;
                copy(answer, "data", data, "packet");
            }
            case PubSubNames.CLIENT_COUNT -> {
                type = COUNT;
                copy(answer, "clientCount", data, "clientCount");
            }
            case PubSubNames.ACK -> {
                type = ACK;
                copy(answer, "packet", data, "packet");
            }
            default -> {
                Payload sockets = answer.get("sockets");
                if (sockets == null
                        || !(sockets.get() instanceof List<?> found)
                        || !found.stream().allMatch(socket -> socket instanceof Map)) {
                    return null;
                }
                type = FOUND;
                data.put("sockets", sockets);
            }
        }
        String uid = text(answer, "uid");
        return ClusterCodec.decode(uid == null ? "" : uid, namespace, type, data);
    }

    private static void copy(Map<String, Payload> from, String key, Map<String, Payload> to, String other) {
        Payload value = from.get(key);
        if (value != null) {
            to.put(other, value);
        }
    }
}
