package dev.sockeye.socketio.adapter;

import dev.sockeye.socketio.protocol.BindingException;
import dev.sockeye.socketio.protocol.DecodeException;
import dev.sockeye.socketio.protocol.JacksonBinding;
import dev.sockeye.socketio.protocol.Msgpack;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The forms in which messages travel: JSON text, or msgpack for what holds binary. A first byte of <code>{</code> tells them apart. */
public final class ClusterCodec {
    private ClusterCodec() {}

    /**
     * Encodes a message as JSON text where it can be, as msgpack when it holds binary.
     *
     * @throws BindingException it cannot be encoded
     */
    public static byte[] encode(ClusterMessage message) {
        return encodeDocument(document(message));
    }

    /** Encodes a message as msgpack. */
    public static byte[] encodeMsgpack(ClusterMessage message) {
        return Msgpack.encode(document(message));
    }

    /** Any document, as JSON text where it can be, as msgpack when it holds binary. */
    public static byte[] encodeDocument(Map<String, @Nullable Object> document) {
        List<byte[]> attachments = new ArrayList<>(0);
        byte[] json = JacksonBinding.shared().write(document, attachments);
        return attachments.isEmpty() ? json : Msgpack.encode(document);
    }

    private static Map<String, @Nullable Object> document(ClusterMessage message) {
        Map<String, @Nullable Object> document = new LinkedHashMap<>(8);
        document.put("type", message.type().number());
        if (!message.data().isEmpty()) {
            document.put("data", message.data());
        }
        document.put("uid", message.uid());
        document.put("nsp", message.namespace());
        return document;
    }

    /**
     * Decodes a message.
     *
     * @return {@code null} for one of an unknown type
     * @throws DecodeException it is none
     */
    public static @Nullable ClusterMessage decode(byte[] bytes) throws DecodeException {
        Map<String, @Nullable Object> document = decodeDocument(bytes);
        Object data = document.get("data");
        if (document.get("uid") instanceof String uid
                && document.get("nsp") instanceof String namespace
                && document.get("type") instanceof Number number
                && (data == null || data instanceof Map<?, ?>)) {
            ClusterMessage.Type type = ClusterMessage.Type.of(number.intValue());
            return type == null ? null : new ClusterMessage(uid, namespace, type, data == null ? Map.of() : map(data));
        }
        throw new DecodeException("not a message of a cluster");
    }

    /**
     * Decodes a document, JSON or msgpack.
     *
     * @throws DecodeException it is malformed or no map
     */
    public static Map<String, @Nullable Object> decodeDocument(byte[] bytes) throws DecodeException {
        Object value;
        if (bytes.length > 0 && bytes[0] == '{') {
            try {
                value = JacksonBinding.shared().read(bytes, 0, bytes.length, List.of(), Object.class);
            } catch (BindingException e) {
                throw new DecodeException("malformed JSON");
            }
        } else {
            value = Msgpack.decode(bytes);
        }
        if (value instanceof Map<?, ?>) {
            return map(value);
        }
        throw new DecodeException("not a document");
    }

    @SuppressWarnings("unchecked") // decoders make maps with text keys only
    private static Map<String, @Nullable Object> map(Object value) {
        return (Map<String, @Nullable Object>) value;
    }
}
