package dev.sockeye.socketio.client;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/** What every request of an engine connection carries: path, query, headers, cookies. Used on the loop only. */
final class RequestTemplate {
    private final Endpoint endpoint;
    private final ClientOptions options;
    private final @Nullable CookieJar cookies;
    private final DoubleSupplier random;
    private final String path;
    private @Nullable String sid;

    /** @param random from 0 to 1 */
    RequestTemplate(Endpoint endpoint, ClientOptions options, @Nullable CookieJar cookies, DoubleSupplier random) {
        this.endpoint = endpoint;
        this.random = random;
        this.options = options;
        this.cookies = cookies;
        String given = options.path();
        String bare = given.endsWith("/") ? given.substring(0, given.length() - 1) : given;
        this.path = (bare.startsWith("/") ? bare : "/" + bare) + (options.addTrailingSlash() ? "/" : "");
    }

    void sid(String value) {
        this.sid = value;
    }

    String uri(TransportName transport) {
        Map<String, String> query = new LinkedHashMap<>(endpoint.query());
        query.putAll(options.query());
        query.put("EIO", "4");
        query.put("transport", transport.text());
        String session = sid;
        if (session != null) {
            query.put("sid", session);
        }
        Boolean timestamps = options.timestampRequests();
        if (timestamps == null ? transport == TransportName.POLLING : timestamps) {
            query.put(options.timestampParam(), randomText());
        }
        if (options.forceBase64() && (session == null || transport == TransportName.WEBSOCKET)) {
            query.put("b64", "1");
        }
        StringBuilder text = new StringBuilder(path);
        char separator = '?';
        for (Map.Entry<String, String> entry : query.entrySet()) {
            text.append(separator)
                    .append(Endpoint.encode(entry.getKey()))
                    .append('=')
                    .append(Endpoint.encode(entry.getValue()));
            separator = '&';
        }
        return text.toString();
    }

    private String randomText() {
        return Long.toString((long) (random.getAsDouble() * (1L << 40)), 36);
    }

    /** The headers of a request; a new map. */
    Map<String, String> headers() {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("host", endpoint.authority());
        headers.put("accept", "*/*");
        String cookie = cookies == null ? null : cookies.header();
        if (cookie != null) {
            headers.put("cookie", cookie);
        }
        headers.putAll(options.extraHeaders());
        return headers;
    }

    void storeCookies(List<String> headers) {
        if (cookies != null) {
            cookies.store(headers);
        }
    }
}
