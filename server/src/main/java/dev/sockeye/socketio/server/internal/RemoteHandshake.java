package dev.sockeye.socketio.server.internal;

import dev.sockeye.socketio.protocol.Payload;
import dev.sockeye.socketio.server.Handshake;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The handshake of a socket of another server, as that server sent it. */
final class RemoteHandshake implements Handshake {
    private final Map<String, @Nullable Object> sent;
    private final Payload auth;

    RemoteHandshake(Map<String, @Nullable Object> sent) {
        this.sent = sent;
        Object given = sent.get("auth");
        this.auth = given == null ? RequestHandshake.NO_AUTH : Payload.of(given);
    }

    @Override
    public Map<String, String> headers() {
        return strings("headers");
    }

    @Override
    public String time() {
        return String.valueOf(sent.get("time"));
    }

    @Override
    public String address() {
        return String.valueOf(sent.get("address"));
    }

    @Override
    public boolean xdomain() {
        return Boolean.TRUE.equals(sent.get("xdomain"));
    }

    @Override
    public boolean secure() {
        return Boolean.TRUE.equals(sent.get("secure"));
    }

    @Override
    public @Nullable Object attribute(String name) {
        return null;
    }

    @Override
    public long issued() {
        return sent.get("issued") instanceof Number number ? number.longValue() : 0;
    }

    @Override
    public String url() {
        return String.valueOf(sent.get("url"));
    }

    @Override
    public Map<String, String> query() {
        return strings("query");
    }

    @Override
    public Map<String, List<String>> queryAll() {
        Map<String, List<String>> all = new LinkedHashMap<>();
        query().forEach((name, value) -> all.put(name, List.of(value)));
        return Collections.unmodifiableMap(all);
    }

    @Override
    public @Nullable String query(String name) {
        return query().get(name);
    }

    @Override
    public List<String> queryAll(String name) {
        return queryAll().getOrDefault(name, List.of());
    }

    @Override
    public Map<String, @Nullable Object> auth() {
        return RequestHandshake.authMap(auth);
    }

    @Override
    public <T> @Nullable T auth(Class<T> type) {
        return auth.get(type);
    }

    @Override
    public Payload authPayload() {
        return auth;
    }

    @Override
    public Map<String, @Nullable Object> toMap() {
        return RequestHandshake.toMap(this);
    }

    private Map<String, String> strings(String key) {
        Map<String, String> map = new LinkedHashMap<>();
        if (sent.get(key) instanceof Map<?, ?> given) {
            given.forEach((name, value) -> map.put(String.valueOf(name), String.valueOf(value)));
        }
        return Collections.unmodifiableMap(map);
    }
}
