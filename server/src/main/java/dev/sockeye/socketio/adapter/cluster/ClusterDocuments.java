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
 * The contents of messages between servers: packets, options and sockets as documents with the official keys, and back. An
 * absent value is left out, never sent as null. For transports with a form of their own. Any thread.
 */
public final class ClusterDocuments {
    private static final int EVENT = 2;

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

    /** The array {@code [event, ...args]} in a packet that another server has sent. */
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

    /** The one argument of an answer, none when the field is absent. */
    static Arguments answer(Map<String, Payload> fields, String key) {
        Payload answer = fields.get(key);
        return answer == null ? Arguments.none() : Arguments.of(answer);
    }

    /** A field as its natural type; {@code null} when it is absent. */
    static @Nullable Object natural(Map<String, Payload> fields, String key) {
        Payload value = fields.get(key);
        return value == null ? null : value.get();
    }

    /** A text; {@code null} when it is absent or none. */
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
     * Options that another server has sent.
     *
     * @throws IllegalArgumentException they are none
     */
    public static BroadcastOptions options(@Nullable Object document) {
        if (!(document instanceof Map<?, ?> map)) {
            throw new IllegalArgumentException("not the options of a broadcast");
        }
        BroadcastFlags flags = BroadcastFlags.NONE;
        if (map.get("flags") instanceof Map<?, ?> given) {
            Duration timeout =
                    given.get("timeout") instanceof Number millis ? Duration.ofMillis(millis.longValue()) : null;
            flags = new BroadcastFlags(
                    Boolean.TRUE.equals(given.get("volatile")),
                    !Boolean.FALSE.equals(given.get("compress")),
                    false,
                    timeout,
                    given.get("latest") instanceof String key ? key : null);
        }
        return new BroadcastOptions(names(map.get("rooms")), names(map.get("except")), flags);
    }

    /** Names of rooms; JavaScript has numbers among them. */
    public static Set<String> names(@Nullable Object given) {
        if (given == null) {
            return Set.of();
        }
        if (!(given instanceof Collection<?> all)) {
            throw new IllegalArgumentException("not a list of rooms");
        }
        Set<String> names = new LinkedHashSet<>();
        for (Object name : all) {
            if (!(name instanceof String) && !(name instanceof Number)) {
                throw new IllegalArgumentException("not the name of a room");
            }
            names.add(String.valueOf(name));
        }
        return names;
    }

    /** {@code {id, handshake, rooms, data}} for each; data that cannot be encoded is left out. */
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

    /** The entries of the application's data that can be encoded. */
    public static Map<String, @Nullable Object> encodable(Map<String, Object> data) {
        Map<String, @Nullable Object> good = new LinkedHashMap<>();
        data.forEach((key, value) -> {
            Map<String, @Nullable Object> one = new LinkedHashMap<>(2);
            one.put(key, value);
            try {
                ClusterCodec.encodeDocument(one);
                good.put(key, value);
            } catch (BindingException e) {
                // an object of the application that is for this server only
            }
        });
        return good;
    }

    /**
     * Sockets that another server has sent.
     *
     * @throws IllegalArgumentException they are none
     */
    @SuppressWarnings("unchecked") // decoders make maps with text keys only
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
