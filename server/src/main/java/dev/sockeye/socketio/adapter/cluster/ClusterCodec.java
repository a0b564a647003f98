package dev.sockeye.socketio.adapter.cluster;

import dev.sockeye.socketio.adapter.BroadcastOptions;
import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.protocol.BindingException;
import dev.sockeye.socketio.protocol.DecodeException;
import dev.sockeye.socketio.protocol.Msgpack;
import dev.sockeye.socketio.protocol.Payload;
import dev.sockeye.socketio.protocol.PayloadBinding;
import dev.sockeye.socketio.protocol.RawDocument;
import dev.sockeye.socketio.protocol.ReservedEvents;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Encodes and decodes messages in the format of the official cluster adapters: {@code {type, data, uid, nsp}} as JSON
 * text, or as msgpack if the message contains binary data. A message whose first byte is <code>{</code> is JSON.
 * Thread-safe.
 */
public final class ClusterCodec {
    private ClusterCodec() {}

    /**
     * Encodes a message as JSON text, or as msgpack if it contains binary data.
     *
     * @throws BindingException if it cannot be encoded
     */
    public static byte[] encode(ClusterMessage message) {
        return encodeDocument(document(message));
    }

    /** Encodes a message as msgpack. */
    public static byte[] encodeMsgpack(ClusterMessage message) {
        return Msgpack.encode(document(message));
    }

    /** Encodes a document as JSON text, or as msgpack if it contains binary data. */
    public static byte[] encodeDocument(Map<String, @Nullable Object> document) {
        List<byte[]> attachments = new ArrayList<>(0);
        byte[] json = PayloadBinding.defaultBinding().write(document, attachments);
        return attachments.isEmpty() ? json : Msgpack.encode(document);
    }

    private static Map<String, @Nullable Object> document(ClusterMessage message) {
        Map<String, @Nullable Object> document = new LinkedHashMap<>(8);
        document.put("type", type(message));
        Map<String, @Nullable Object> data = data(message);
        if (!data.isEmpty()) {
            document.put("data", data);
        }
        document.put("uid", message.uid());
        document.put("nsp", message.namespace());
        return document;
    }

    /** The number of the message type on the wire. */
    public static int type(ClusterMessage message) {
        if (message instanceof ClusterMessage.Broadcast) {
            return 3;
        } else if (message instanceof ClusterMessage.InitialHeartbeat) {
            return 1;
        } else if (message instanceof ClusterMessage.Heartbeat) {
            return 2;
        } else if (message instanceof ClusterMessage.SocketsJoin) {
            return 4;
        } else if (message instanceof ClusterMessage.SocketsLeave) {
            return 5;
        } else if (message instanceof ClusterMessage.DisconnectSockets) {
            return 6;
        } else if (message instanceof ClusterMessage.FetchSockets) {
            return 7;
        } else if (message instanceof ClusterMessage.FetchSocketsResponse) {
            return 8;
        } else if (message instanceof ClusterMessage.ServerSideEmit) {
            return 9;
        } else if (message instanceof ClusterMessage.ServerSideEmitResponse) {
            return 10;
        } else if (message instanceof ClusterMessage.BroadcastClientCount) {
            return 11;
        } else if (message instanceof ClusterMessage.BroadcastAck) {
            return 12;
        }
        return 13; // AdapterClose
    }

    /** The content of a message with the official keys; empty if it has no content. */
    public static Map<String, @Nullable Object> data(ClusterMessage message) {
        Map<String, @Nullable Object> data = new LinkedHashMap<>(8);
        if (message instanceof ClusterMessage.Broadcast broadcast) {
            data.put("packet", ClusterDocuments.packet(broadcast.event(), broadcast.args()));
            putRequestId(data, message);
            data.put("opts", ClusterDocuments.options(broadcast.to()));
        } else if (message instanceof ClusterMessage.SocketsJoin join) {
            data.put("opts", ClusterDocuments.options(join.to()));
            data.put("rooms", join.rooms());
        } else if (message instanceof ClusterMessage.SocketsLeave leave) {
            data.put("opts", ClusterDocuments.options(leave.to()));
            data.put("rooms", leave.rooms());
        } else if (message instanceof ClusterMessage.DisconnectSockets disconnect) {
            data.put("opts", ClusterDocuments.options(disconnect.to()));
            data.put("close", disconnect.close());
            if (!disconnect.reason().isEmpty()) {
                data.put("reason", disconnect.reason());
            }
        } else if (message instanceof ClusterMessage.FetchSockets fetch) {
            data.put("opts", ClusterDocuments.options(fetch.to()));
            data.put("requestId", fetch.requestId());
        } else if (message instanceof ClusterMessage.FetchSocketsResponse found) {
            data.put("requestId", found.requestId());
            data.put("sockets", ClusterDocuments.sockets(found.sockets()));
        } else if (message instanceof ClusterMessage.ServerSideEmit emit) {
            putRequestId(data, message);
            data.put("packet", ClusterDocuments.event(emit.event(), emit.args()));
        } else if (message instanceof ClusterMessage.ServerSideEmitResponse response) {
            putAnswer(data, response, response.answer());
        } else if (message instanceof ClusterMessage.BroadcastClientCount count) {
            data.put("requestId", count.requestId());
            data.put("clientCount", count.clientCount());
        } else if (message instanceof ClusterMessage.BroadcastAck ack) {
            putAnswer(data, ack, ack.answer());
        }
        return data;
    }

    private static void putRequestId(Map<String, @Nullable Object> data, ClusterMessage message) {
        if (message.requestId() != null) {
            data.put("requestId", message.requestId());
        }
    }

    /** Only the first argument of an answer is sent. */
    private static void putAnswer(
            Map<String, @Nullable Object> data, ClusterMessage.Response response, Arguments answer) {
        data.put("requestId", response.requestId());
        if (answer.size() > 0) {
            data.put("packet", answer.payload(0));
        }
    }

    /**
     * Decodes a message.
     *
     * @return the message; {@code null} if its type is unknown
     * @throws DecodeException if the bytes are not a cluster message
     */
    public static @Nullable ClusterMessage decode(byte[] bytes) throws DecodeException {
        Map<String, Payload> document = RawDocument.fields(bytes);
        if (ClusterDocuments.natural(document, "uid") instanceof String uid
                && ClusterDocuments.natural(document, "nsp") instanceof String namespace
                && ClusterDocuments.natural(document, "type") instanceof Number number) {
            Payload data = document.get("data");
            Map<String, Payload> content = data == null ? Map.of() : RawDocument.fields(data);
            return decode(uid, namespace, number.intValue(), content);
        }
        throw new DecodeException("not a cluster message");
    }

    /**
     * Creates a message from its decoded content.
     *
     * @param data the content with the official keys
     * @return the message; {@code null} if its type is unknown
     * @throws DecodeException if the content does not match the message type
     */
    public static @Nullable ClusterMessage decode(String uid, String namespace, int type, Map<String, Payload> data)
            throws DecodeException {
        try {
            return read(uid, namespace, type, data);
        } catch (IllegalArgumentException | BindingException e) {
            throw new DecodeException(String.valueOf(e.getMessage()));
        }
    }

    private static @Nullable ClusterMessage read(String uid, String namespace, int type, Map<String, Payload> data)
            throws DecodeException {
        return switch (type) {
            case 1 -> new ClusterMessage.InitialHeartbeat(uid, namespace);
            case 2 -> new ClusterMessage.Heartbeat(uid, namespace);
            case 3 -> {
                Payload event = ClusterDocuments.packet(data.get("packet"));
                yield new ClusterMessage.Broadcast(
                        uid,
                        namespace,
                        ReservedEvents.check(
                                ClusterDocuments.name(event)), // clients close their connection at such an event
                        ClusterDocuments.args(event),
                        options(data),
                        ClusterDocuments.text(data, "requestId"));
            }
            case 4 -> new ClusterMessage.SocketsJoin(uid, namespace, options(data), ClusterDocuments.names(data));
            case 5 -> new ClusterMessage.SocketsLeave(uid, namespace, options(data), ClusterDocuments.names(data));
            case 6 ->
                new ClusterMessage.DisconnectSockets(
                        uid,
                        namespace,
                        options(data),
                        Boolean.TRUE.equals(ClusterDocuments.natural(data, "close")),
                        ClusterDocuments.natural(data, "reason") instanceof String reason ? reason : "");
            case 7 -> new ClusterMessage.FetchSockets(uid, namespace, options(data), requestId(data));
            case 8 ->
                new ClusterMessage.FetchSocketsResponse(
                        uid,
                        namespace,
                        requestId(data),
                        ClusterDocuments.sockets(ClusterDocuments.natural(data, "sockets")));
            case 9 -> {
                Payload event = data.get("packet");
                yield new ClusterMessage.ServerSideEmit(
                        uid,
                        namespace,
                        ClusterDocuments.name(event),
                        ClusterDocuments.args(event),
                        ClusterDocuments.text(data, "requestId"));
            }
            case 10 ->
                new ClusterMessage.ServerSideEmitResponse(
                        uid, namespace, requestId(data), ClusterDocuments.answer(data, "packet"));
            case 11 -> {
                if (!(ClusterDocuments.natural(data, "clientCount") instanceof Number count) || count.intValue() < 0) {
                    throw new DecodeException("no clientCount");
                }
                yield new ClusterMessage.BroadcastClientCount(uid, namespace, requestId(data), count.intValue());
            }
            case 12 ->
                new ClusterMessage.BroadcastAck(
                        uid, namespace, requestId(data), ClusterDocuments.answer(data, "packet"));
            case 13 -> new ClusterMessage.AdapterClose(uid, namespace);
            default -> null;
        };
    }

    private static BroadcastOptions options(Map<String, Payload> data) {
        return ClusterDocuments.options(ClusterDocuments.natural(data, "opts"));
    }

    private static String requestId(Map<String, Payload> data) throws DecodeException {
        String id = ClusterDocuments.text(data, "requestId");
        if (id == null) {
            throw new DecodeException("no requestId");
        }
        return id;
    }
}
