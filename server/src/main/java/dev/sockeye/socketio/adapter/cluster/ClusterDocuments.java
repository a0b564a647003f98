package dev.sockeye.socketio.adapter.cluster;

import dev.sockeye.socketio.adapter.BroadcastFlags;
import dev.sockeye.socketio.adapter.BroadcastOptions;
import dev.sockeye.socketio.adapter.SocketDetails;
import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.protocol.BindingException;
import dev.sockeye.socketio.protocol.DecodeException;
import dev.sockeye.socketio.protocol.Payload;
import dev.sockeye.socketio.protocol.RawDocument;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Converts the contents of cluster messages (packets, broadcast options, sockets) to and from documents with the
 * official keys. Absent values are omitted, never sent as null. For transports that define their own message format.
 * Thread-safe.
 */
public final class ClusterDocuments {
    private static final int EVENT = 2;

    /** In milliseconds; the longest timer of Node.js, 24 days. */
    private static final long LONGEST_TIMEOUT = Integer.MAX_VALUE;

    private ClusterDocuments() {}

    /** {@code {type, data: [event, ...args]}}. */
    public static Map<String, @Nullable Object> packet(String event, Arguments args) {
        Map<String, @Nullable Object> document = new LinkedHashMap<>(4);
        document.put("type", EVENT);
        document.put("data", event(event, args));
        return document;
    }

    /** {@code [event, ...args]}. */
    public static List<@Nullable Object> event(String name, Arguments args) {
        List<@Nullable Object> all = new ArrayList<>(args.size() + 1);
        all.add(name);
        for (int i = 0; i < args.size(); i++) {
            all.add(args.payload(i));
        }
        return all;
    }

    /** The array {@code [event, ...args]} of a packet received from another server. */
    static Payload packet(@Nullable Payload document) throws DecodeException {
        if (document != null) {
            Map<String, Payload> fields = RawDocument.fields(document);
            Payload data = fields.get("data");
            if (data != null && natural(fields, "type") instanceof Number type && type.intValue() == EVENT) {
                return data;
            }
        }
        throw new DecodeException("not an event");
    }

    /** The name in an array {@code [event, ...args]}. */
    static String name(@Nullable Payload event) throws DecodeException {
        Arguments all = event == null ? null : RawDocument.elements(event, 0);
        Object name = all == null || all.size() == 0 ? null : all.get(0);
        if (name instanceof String || name instanceof Number) {
            return String.valueOf(name);
        }
        throw new DecodeException("not an event");
    }

    /** The arguments in an array {@code [event, ...args]}. */
    static Arguments args(@Nullable Payload event) throws DecodeException {
        Arguments args = event == null ? null : RawDocument.elements(event, 1);
        if (args == null) {
            throw new DecodeException("not an event");
        }
        return args;
    }

    /** The single argument of an answer; empty if the field is absent. */
    static Arguments answer(Map<String, Payload> fields, String key) {
        Payload answer = fields.get(key);
        return answer == null ? Arguments.none() : Arguments.of(answer);
    }

    /** The value of a field as its natural type; {@code null} if the field is absent. */
    static @Nullable Object natural(Map<String, Payload> fields, String key) {
        Payload value = fields.get(key);
        return value == null ? null : value.get();
    }

    /** The value of a string field; {@code null} if the field is absent or not a string. */
    static @Nullable String text(Map<String, Payload> fields, String key) {
        return natural(fields, key) instanceof String text ? text : null;
    }

    /** The field {@code rooms}. */
    static Set<String> names(Map<String, Payload> fields) {
        return names(natural(fields, "rooms"));
    }

    /** {@code {rooms, except, flags}}. */
    public static Map<String, @Nullable Object> options(BroadcastOptions options) {
        Map<String, @Nullable Object> document = new LinkedHashMap<>(4);
        document.put("rooms", options.rooms());
        document.put("except", options.except());
        Map<String, @Nullable Object> flags = new LinkedHashMap<>(4);
        if (options.flags().onlyWritable()) {
            flags.put("volatile", true);
        }
        if (!options.flags().compress()) {
            flags.put("compress", false);
        }
        Duration timeout = options.flags().timeout();
        if (timeout != null) {
            flags.put("timeout", timeout.toMillis());
        }
        if (options.flags().latest() != null) {
            flags.put("latest", options.flags().latest());
        }
        document.put("flags", flags);
        return document;
    }

    /**
     * Decodes the broadcast options received from another server.
     *
     * @throws IllegalArgumentException if the value is malformed
     */
    public static BroadcastOptions options(@Nullable Object document) {
        if (!(document instanceof Map<?, ?> map)) {
            throw new IllegalArgumentException("not broadcast options");
        }
        BroadcastFlags flags = BroadcastFlags.NONE;
        if (map.get("flags") instanceof Map<?, ?> given) {
            Duration timeout = given.get("timeout") instanceof Number millis ? timeout(millis.longValue()) : null;
            flags = new BroadcastFlags(
                    Boolean.TRUE.equals(given.get("volatile")),
                    !Boolean.FALSE.equals(given.get("compress")),
                    false,
                    timeout,
                    given.get("latest") instanceof String key ? key : null);
        }
        return new BroadcastOptions(names(map.get("rooms")), names(map.get("except")), flags);
    }

    /** A timeout that timers support, whatever another server sends. */
    private static Duration timeout(long millis) {
        return Duration.ofMillis(Math.max(0, Math.min(millis, LONGEST_TIMEOUT)));
    }

    /** Decodes room names. JavaScript servers may send numbers as well as strings. */
    public static Set<String> names(@Nullable Object given) {
        if (given == null) {
            return Set.of();
        }
        if (!(given instanceof Collection<?> all)) {
            throw new IllegalArgumentException("not a list of room names");
        }
        Set<String> names = new LinkedHashSet<>();
        for (Object name : all) {
            if (!(name instanceof String) && !(name instanceof Number)) {
                throw new IllegalArgumentException("not a room name");
            }
            names.add(String.valueOf(name));
        }
        return names;
    }

    /** Encodes each socket as {@code {id, handshake, rooms, data}}. Data entries that cannot be encoded are omitted. */
    public static List<@Nullable Object> sockets(Collection<SocketDetails> sockets) {
        List<@Nullable Object> all = new ArrayList<>(sockets.size());
        for (SocketDetails socket : sockets) {
            Map<String, @Nullable Object> document = new LinkedHashMap<>(8);
            document.put("id", socket.id());
            document.put("handshake", socket.handshakeDetails());
            document.put("rooms", socket.rooms());
            document.put("data", encodable(socket.data()));
            all.add(document);
        }
        return all;
    }

    /** Returns the entries of the application's data that can be encoded. */
    public static Map<String, @Nullable Object> encodable(Map<String, Object> data) {
        Map<String, @Nullable Object> good = new LinkedHashMap<>();
        data.forEach((key, value) -> {
            Map<String, @Nullable Object> one = new LinkedHashMap<>(2);
            one.put(key, value);
            try {
                ClusterCodec.encodeDocument(one);
                good.put(key, value);
            } catch (BindingException e) {
                // an application object that is only meaningful on this server
            }
        });
        return good;
    }

    /**
     * Decodes the sockets received from another server.
     *
     * @throws IllegalArgumentException if the value is malformed
     */
    @SuppressWarnings("unchecked") // decoders only create maps with string keys
    public static List<SocketDetails> sockets(@Nullable Object given) {
        if (!(given instanceof List<?> all)) {
            throw new IllegalArgumentException("not a list of sockets");
        }
        List<SocketDetails> sockets = new ArrayList<>(all.size());
        for (Object one : all) {
            if (!(one instanceof Map<?, ?> map) || !(map.get("id") instanceof String id)) {
                throw new IllegalArgumentException("not a socket");
            }
            Map<String, @Nullable Object> handshake =
                    map.get("handshake") instanceof Map<?, ?> found ? (Map<String, @Nullable Object>) found : Map.of();
            Map<String, Object> data =
                    map.get("data") instanceof Map<?, ?> found ? (Map<String, Object>) found : Map.of();
            sockets.add(new FoundSocket(id, handshake, names(map.get("rooms")), data));
        }
        return sockets;
    }

    /** A socket of another server. */
    private record FoundSocket(
            String id, Map<String, @Nullable Object> handshakeDetails, Set<String> rooms, Map<String, Object> data)
            implements SocketDetails {}
}
