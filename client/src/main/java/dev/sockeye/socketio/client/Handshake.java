package dev.sockeye.socketio.client;

import dev.sockeye.socketio.protocol.BindingException;
import dev.sockeye.socketio.protocol.JacksonBinding;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What the server says first.
 *
 * @param maxPayload 0 when the server does not say
 */
record Handshake(String sid, List<String> upgrades, long pingInterval, long pingTimeout, long maxPayload) {

    static Handshake parse(String json) throws TransportException {
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        try {
            Object value = JacksonBinding.shared().read(bytes, 0, bytes.length, new ArrayList<>(), Object.class);
            if (value instanceof Map<?, ?> map
                    && map.get("sid") instanceof String sid
                    && map.get("pingInterval") instanceof Number interval
                    && map.get("pingTimeout") instanceof Number timeout) {
                List<String> upgrades = new ArrayList<>();
                if (map.get("upgrades") instanceof List<?> list) {
                    for (Object name : list) {
                        upgrades.add(String.valueOf(name));
                    }
                }
                long maxPayload = map.get("maxPayload") instanceof Number max ? max.longValue() : 0;
                return new Handshake(sid, upgrades, interval.longValue(), timeout.longValue(), maxPayload);
            }
        } catch (BindingException e) {
            throw new TransportException("server error", "the handshake is no JSON: " + json, 0, json, e);
        }
        throw new TransportException("server error", "the handshake lacks sid or intervals: " + json, 0, json, null);
    }
}
