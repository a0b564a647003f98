package dev.sockeye.socketio.server.internal;

import dev.sockeye.engineio.Query;
import dev.sockeye.engineio.host.HostRequest;
import dev.sockeye.socketio.protocol.Payload;
import dev.sockeye.socketio.server.Handshake;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.TextStyle;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The handshake of a socket of this server. */
final class RequestHandshake implements Handshake {
    static final Payload NO_AUTH = Payload.of(Map.of());

    private final HostRequest request;
    private final long issued;
    private final Payload auth;

    RequestHandshake(HostRequest request, long issued, @Nullable Payload auth) {
        this.request = request;
        this.issued = issued;
        this.auth = auth == null ? NO_AUTH : auth;
    }

    @Override
    public Map<String, String> headers() {
        Map<String, String> headers = new LinkedHashMap<>();
        request.headers().forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), join(name, values)));
        return Collections.unmodifiableMap(headers);
    }

    @Override
    public String time() {
        var moment = Instant.ofEpochMilli(issued).atZone(ZoneId.systemDefault());
        return DateTimeFormatter.ofPattern("EEE MMM dd yyyy HH:mm:ss 'GMT'xx", Locale.US)
                        .format(moment) + " (" + moment.getZone().getDisplayName(TextStyle.FULL, Locale.US) + ")";
    }

    @Override
    public String address() {
        return request.remoteAddress();
    }

    @Override
    public boolean xdomain() {
        return request.header("origin") != null;
    }

    @Override
    public boolean secure() {
        return request.secure();
    }

    @Override
    public @Nullable Object attribute(String name) {
        return request.attribute(name);
    }

    @Override
    public long issued() {
        return issued;
    }

    @Override
    public String url() {
        return request.uri();
    }

    @Override
    public Map<String, String> query() {
        return Collections.unmodifiableMap(Query.parse(request.uri()));
    }

    @Override
    public Map<String, List<String>> queryAll() {
        return Collections.unmodifiableMap(Query.parseAll(request.uri()));
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
        return authMap(auth);
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
        return toMap(this);
    }

    static Map<String, @Nullable Object> toMap(Handshake handshake) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("headers", handshake.headers());
        map.put("time", handshake.time());
        map.put("address", handshake.address());
        map.put("xdomain", handshake.xdomain());
        map.put("secure", handshake.secure());
        map.put("issued", handshake.issued());
        map.put("url", handshake.url());
        map.put("query", handshake.query());
        map.put("auth", handshake.auth());
        return map;
    }

    @SuppressWarnings("unchecked")
    static Map<String, @Nullable Object> authMap(Payload auth) {
        Object natural = auth.get();
        return natural instanceof Map<?, ?> map
                ? Collections.unmodifiableMap((Map<String, @Nullable Object>) map)
                : Map.of();
    }

    private static String join(String name, List<String> values) {
        return values.size() == 1 ? values.get(0) : String.join(name.equalsIgnoreCase("cookie") ? "; " : ", ", values);
    }
}
