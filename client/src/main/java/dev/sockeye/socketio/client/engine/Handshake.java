package dev.sockeye.socketio.client.engine;

import dev.sockeye.socketio.TransportException;
import dev.sockeye.socketio.protocol.DecodeException;
import dev.sockeye.socketio.protocol.Payload;
import dev.sockeye.socketio.protocol.RawDocument;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The open packet of the server.
 *
 * @param maxPayload 0 if the server did not send one
 */
record Handshake(String sid, List<String> upgrades, long pingInterval, long pingTimeout, long maxPayload) {

    private static final int SHOWN = 200;

    /** In nanoseconds, the sum of two must not overflow. */
    private static final long LONGEST_MILLIS = Duration.ofDays(26_000).toMillis();

    static Handshake parse(String json) throws TransportException {
        Map<String, Payload> fields;
        try {
            fields = json.startsWith("{") ? RawDocument.fields(json.getBytes(StandardCharsets.UTF_8)) : Map.of();
        } catch (DecodeException e) {
            throw new TransportException("server error", "the handshake is not valid JSON: " + start(json), 0, json, e);
        }
        if (value(fields, "sid") instanceof String sid
                && value(fields, "pingInterval") instanceof Number interval
                && value(fields, "pingTimeout") instanceof Number timeout
                && interval.doubleValue() >= 0
                && timeout.doubleValue() >= 0) {
            List<String> upgrades = new ArrayList<>();
            if (value(fields, "upgrades") instanceof List<?> list) {
                for (Object name : list) {
                    upgrades.add(String.valueOf(name));
                }
            }
            long maxPayload = value(fields, "maxPayload") instanceof Number max ? max.longValue() : 0;
            return new Handshake(sid, upgrades, millis(interval), millis(timeout), maxPayload);
        }
        throw new TransportException(
                "server error", "the handshake lacks sid or intervals: " + start(json), 0, json, null);
    }

    private static String start(String json) {
        return json.length() > SHOWN ? json.substring(0, SHOWN) + "…" : json;
    }

    private static long millis(Number value) {
        return Math.min(value.longValue(), LONGEST_MILLIS);
    }

    private static @Nullable Object value(Map<String, Payload> fields, String name) {
        Payload value = fields.get(name);
        return value == null ? null : value.get();
    }
}
