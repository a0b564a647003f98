package dev.sockeye.postgres;

import dev.sockeye.socketio.adapter.cluster.ClusterCodec;
import dev.sockeye.socketio.adapter.cluster.ClusterMessage;
import dev.sockeye.socketio.protocol.DecodeException;
import dev.sockeye.socketio.protocol.Payload;
import dev.sockeye.socketio.protocol.RawDocument;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A message in the format of {@code @socket.io/postgres-adapter}: JSON in a notification, or msgpack in the attachments table
 * with its id in a notification.
 *
 * @param text the notification; if there is an attachment, without its id
 * @param attachment msgpack for the table; {@code null} for none
 * @param counts whether its loss is counted; the loss of a heartbeat, a request or an answer is not
 * @param numbers the numbers of its namespace; {@code null} if it has none
 */
record Notice(
        String channel,
        String text,
        byte @Nullable [] attachment,
        boolean counts,
        @Nullable MessageNumbers numbers) implements Sender.Message {
    /** Reserved bytes for {@link #again} or {@link #numbered}. */
    private static final int RESERVE = 40;

    private static final String NUMBER = "number";

    Notice(String channel, String text, byte @Nullable [] attachment, boolean counts) {
        this(channel, text, attachment, counts, null);
    }

    static Notice of(ClusterMessage message, PostgresOptions options) {
        return of(message, options, null);
    }

    /** @param numbers those of its namespace; used only if its loss counts */
    static Notice of(ClusterMessage message, PostgresOptions options, @Nullable MessageNumbers numbers) {
        String channel = options.channel(message.namespace());
        boolean counts = isSilent(message);
        byte[] encoded = ClusterCodec.encode(message);
        boolean json = encoded[0] == '{';
        if (json
                && encoded.length < PostgresOptions.NOTIFY_LIMIT - RESERVE
                && encoded.length <= options.payloadThreshold()) {
            return new Notice(
                    channel, new String(encoded, StandardCharsets.UTF_8), null, counts, counts ? numbers : null);
        }
        Map<String, @Nullable Object> header = new LinkedHashMap<>(4);
        header.put("uid", message.uid());
        header.put("type", ClusterCodec.type(message));
        String text = new String(ClusterCodec.encodeDocument(header), StandardCharsets.UTF_8);
        byte[] attachment = json ? ClusterCodec.encodeMsgpack(message) : encoded;
        return new Notice(channel, text, attachment, counts, counts ? numbers : null);
    }

    /** Whether the loss of a message would go unnoticed: a request fails with a timeout instead. */
    private static boolean isSilent(ClusterMessage message) {
        return (message instanceof ClusterMessage.Broadcast broadcast && broadcast.requestId() == null)
                || (message instanceof ClusterMessage.ServerSideEmit emit && emit.requestId() == null)
                || message instanceof ClusterMessage.SocketsJoin
                || message instanceof ClusterMessage.SocketsLeave
                || message instanceof ClusterMessage.DisconnectSockets;
    }

    @Override
    public int size() {
        return 200 + text.length() + (attachment == null ? 0 : attachment.length);
    }

    /** The notification for the attachment with this id. */
    String text(long attachmentId) {
        return with("\"attachmentId\":\"" + attachmentId + "\"");
    }

    /**
     * The same notification with a different text, because PostgreSQL drops repeated notifications in a transaction. Servers
     * ignore the additional field.
     */
    Notice again(long number) {
        return new Notice(channel, with("\"again\":" + number), attachment, counts);
    }

    /** The same notification with its number; that makes it different from all others too. */
    Notice numbered(long number) {
        return new Notice(channel, with("\"" + NUMBER + "\":" + number), attachment, counts);
    }

    private String with(String field) {
        return text.substring(0, text.length() - 1) + "," + field + "}";
    }

    /** A received notification of which only the header was parsed. */
    record Received(
            @Nullable String uid,
            @Nullable Long attachmentId,
            @Nullable Long number,
            Map<String, Payload> fields) {}

    static Received received(String text) throws DecodeException {
        return received(text.getBytes(StandardCharsets.UTF_8));
    }

    private static Received received(byte[] document) throws DecodeException {
        Map<String, Payload> fields = RawDocument.fields(document);
        Payload uid = fields.get("uid");
        return new Received(
                uid != null && uid.get() instanceof String name ? name : null,
                number(fields.get("attachmentId"), "not the id of an attachment"),
                number(fields.get(NUMBER), "not the number of a message"),
                fields);
    }

    private static @Nullable Long number(@Nullable Payload field, String error) throws DecodeException {
        if (field == null) {
            return null;
        }
        try {
            return Long.valueOf(String.valueOf(field.get()));
        } catch (NumberFormatException e) {
            throw new DecodeException(error);
        }
    }

    /**
     * Converts a document to a message.
     *
     * @param namespace the namespace of the channel; the official emitter does not include it in the document
     * @return {@code null} for an unknown type
     */
    static @Nullable ClusterMessage message(Map<String, Payload> fields, String namespace) throws DecodeException {
        Payload uid = fields.get("uid");
        Payload type = fields.get("type");
        Payload data = fields.get("data");
        if (uid == null
                || type == null
                || !(uid.get() instanceof String name)
                || !(type.get() instanceof Number number)) {
            throw new DecodeException("not a cluster message");
        }
        Map<String, Payload> content = data == null ? Map.of() : RawDocument.fields(data);
        return ClusterCodec.decode(name, namespace, number.intValue(), content);
    }

    static @Nullable ClusterMessage message(byte[] attachment, String namespace) throws DecodeException {
        return message(RawDocument.fields(attachment), namespace);
    }
}
