package dev.sockeye.socketio.server;

import dev.sockeye.engineio.Query;
import dev.sockeye.engineio.host.HostRequest;
import dev.sockeye.socketio.protocol.Payload;
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

/**
 * The facts of how a socket came to be. Official counterpart: {@code socket.handshake}. Any thread.
 *
 * <p>Headers, URL and query are those of the connection's first HTTP request; auth is what the client sent for this namespace.
 */
public final class Handshake {
    private static final Payload EMPTY = Payload.of(Map.of());

    private final @Nullable HostRequest request;
    private final @Nullable Map<String, @Nullable Object> remote;
    private final long issued;
    private final Payload auth;

    private Handshake(
            @Nullable HostRequest request, @Nullable Map<String, @Nullable Object> remote, long issued, Payload auth) {
        this.request = request;
        this.remote = remote;
        this.issued = issued;
        this.auth = auth;
    }

    static Handshake of(HostRequest request, long issued, @Nullable Payload auth) {
        return new Handshake(request, null, issued, auth == null ? EMPTY : auth);
    }

    /** Of a socket on another server. */
    static Handshake of(Map<String, @Nullable Object> remote) {
        Object auth = remote.get("auth");
        return new Handshake(
                null,
                remote,
                remote.get("issued") instanceof Number number ? number.longValue() : 0,
                auth == null ? EMPTY : Payload.of(auth));
    }

    /** The headers, names in lower case, several values of one name joined by a comma. */
    public Map<String, String> headers() {
        if (request == null) {
            return strings("headers");
        }
        Map<String, String> headers = new LinkedHashMap<>();
        request.headers().forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), join(name, values)));
        return Collections.unmodifiableMap(headers);
    }

    /** When the socket was made, as JavaScript writes a date. */
    public String time() {
        if (request == null) {
            return String.valueOf(remote().get("time"));
        }
        var moment = Instant.ofEpochMilli(issued).atZone(ZoneId.systemDefault());
        return DateTimeFormatter.ofPattern("EEE MMM dd yyyy HH:mm:ss 'GMT'xx", Locale.US)
                        .format(moment) + " (" + moment.getZone().getDisplayName(TextStyle.FULL, Locale.US) + ")";
    }

    /**
     * The address of the client, without port. Behind a proxy it is the proxy's, unless the engine option {@code trustedProxies} says
     * whom to believe; the official server gives the proxy's always.
     */
    public String address() {
        return request != null ? request.remoteAddress() : String.valueOf(remote().get("address"));
    }

    /** Whether the request had an {@code Origin}. */
    public boolean xdomain() {
        return request == null ? Boolean.TRUE.equals(remote().get("xdomain")) : request.header("origin") != null;
    }

    /** Whether the connection is encrypted. */
    public boolean secure() {
        return request == null ? Boolean.TRUE.equals(remote().get("secure")) : request.secure();
    }

    /**
     * What the host knows about the request besides, by name. In a servlet container: {@code principal} (a {@code
     * java.security.Principal}), {@code session} (the {@code HttpSession} that existed) and the request attributes, of filters
     * for example. {@code null} when the host has no such thing, and for a socket of another server.
     */
    public @Nullable Object attribute(String name) {
        return request == null ? null : request.attribute(name);
    }

    /** When the socket was made, in milliseconds since 1970. */
    public long issued() {
        return issued;
    }

    /** The request target, still percent-encoded. */
    public String url() {
        return request == null ? String.valueOf(remote().get("url")) : request.uri();
    }

    /**
     * The query parameters, decoded; of a name that occurs more than once the last value, as in the reference. {@link #queryAll} has all
     * of them. {@code socket.handshake.query}.
     */
    public Map<String, String> query() {
        if (request == null) {
            return strings("query");
        }
        return Collections.unmodifiableMap(Query.parse(request.uri()));
    }

    /**
     * All values of each query parameter, decoded, in the order of the URL. Of a socket on another server only the last value of each
     * is known.
     */
    public Map<String, List<String>> queryAll() {
        if (request != null) {
            return Collections.unmodifiableMap(Query.parseAll(request.uri()));
        }
        Map<String, List<String>> all = new LinkedHashMap<>();
        strings("query").forEach((name, value) -> all.put(name, List.of(value)));
        return Collections.unmodifiableMap(all);
    }

    /**
     * A query parameter, decoded; of a name that occurs more than once the last value; {@code null} when absent. {@code
     * socket.handshake.query.token} is {@code handshake.query("token")}.
     */
    public @Nullable String query(String name) {
        return query().get(name);
    }

    /** All values of a query parameter, decoded, in the order of the URL; empty when absent. */
    public List<String> queryAll(String name) {
        return queryAll().getOrDefault(name, List.of());
    }

    /** What the client sent for this namespace, as natural types; empty when it sent nothing. */
    @SuppressWarnings("unchecked")
    public Map<String, @Nullable Object> auth() {
        Object natural = auth.get();
        return natural instanceof Map<?, ?> map
                ? Collections.unmodifiableMap((Map<String, @Nullable Object>) map)
                : Map.of();
    }

    /**
     * What the client sent for this namespace, as a type.
     *
     * @throws dev.sockeye.socketio.protocol.BindingException it does not fit
     */
    public <T> @Nullable T auth(Class<T> type) {
        return auth.get(type);
    }

    /** What the client sent for this namespace, not decoded yet. */
    public Payload authPayload() {
        return auth;
    }

    /** All of it under the official keys, to be sent as JSON. */
    public Map<String, @Nullable Object> toMap() {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("headers", headers());
        map.put("time", time());
        map.put("address", address());
        map.put("xdomain", xdomain());
        map.put("secure", secure());
        map.put("issued", issued);
        map.put("url", url());
        map.put("query", query());
        map.put("auth", auth());
        return map;
    }

    private static String join(String name, List<String> values) {
        return values.size() == 1 ? values.get(0) : String.join(name.equalsIgnoreCase("cookie") ? "; " : ", ", values);
    }

    private Map<String, @Nullable Object> remote() {
        return remote == null ? Map.of() : remote;
    }

    private Map<String, String> strings(String key) {
        Map<String, String> map = new LinkedHashMap<>();
        if (remote().get(key) instanceof Map<?, ?> given) {
            given.forEach((name, value) -> map.put(String.valueOf(name), String.valueOf(value)));
        }
        return Collections.unmodifiableMap(map);
    }
}
