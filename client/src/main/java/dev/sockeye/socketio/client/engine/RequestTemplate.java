package dev.sockeye.socketio.client.engine;

import dev.sockeye.engineio.protocol.EnginePacket;
import dev.sockeye.socketio.client.transport.TransportName;
import dev.sockeye.socketio.client.transport.TransportOptions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/** The common part of all requests of an engine connection: path, query, headers, cookies. Used on the loop only. */
public final class RequestTemplate {
    private final Endpoint endpoint;
    private final EngineOptions options;
    private final @Nullable CookieJar cookies;
    private final DoubleSupplier random;
    private Map<String, String> extraQuery = Map.of();
    private Map<String, String> extraHeaders = Map.of();
    private @Nullable String sid;

    /** @param random from 0 to 1 */
    public RequestTemplate(
            Endpoint endpoint, EngineOptions options, @Nullable CookieJar cookies, DoubleSupplier random) {
        this.endpoint = endpoint;
        this.random = random;
        this.options = options;
        this.cookies = cookies;
    }

    /** Sets the query parameters and headers of the application; called before the first request. */
    public void extra(Map<String, String> query, Map<String, String> headers) {
        this.extraQuery = query;
        this.extraHeaders = headers;
    }

    void sid(String value) {
        this.sid = value;
    }

    private String path(TransportName transport) {
        String own = options.of(transport).path();
        String given = own == null ? options.path() : own;
        String bare = given.endsWith("/") ? given.substring(0, given.length() - 1) : given;
        return (bare.startsWith("/") ? bare : "/" + bare) + (options.addTrailingSlash() ? "/" : "");
    }

    String uri(TransportName transport) {
        TransportOptions own = options.of(transport);
        Map<String, String> query = new LinkedHashMap<>(endpoint.query());
        query.putAll(extraQuery);
        query.putAll(own.query());
        query.put("EIO", "4");
        query.put("transport", transport.text());
        String session = sid;
        boolean webTransport = transport == TransportName.WEBTRANSPORT; // its first packet has the id
        if (session != null && !webTransport) {
            query.put("sid", session);
        }
        Boolean timestamps = own.timestampRequests() == null ? options.timestampRequests() : own.timestampRequests();
        if (timestamps == null ? transport == TransportName.POLLING : timestamps) {
            query.put(options.timestampParam(), randomText());
        }
        if (!webTransport
                && options.forceBase64(transport)
                && (session == null || transport == TransportName.WEBSOCKET)) {
            query.put("b64", "1");
        }
        StringBuilder text = new StringBuilder(path(transport));
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

    /** The first packet of a WebTransport session: a new Engine.IO session, or the id of the session to take over. */
    EnginePacket firstPacket() {
        String session = sid;
        return new EnginePacket.Open(session == null ? "" : "{\"sid\":" + quoted(session) + "}");
    }

    private static String quoted(String text) {
        StringBuilder json = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\' || c < ' ') {
                json.append(String.format("\\u%04x", (int) c));
            } else {
                json.append(c);
            }
        }
        return json.append('"').toString();
    }

    private String randomText() {
        return Long.toString((long) (random.getAsDouble() * (1L << 40)), 36);
    }

    /** The headers of a request; a new map. */
    Map<String, String> headers(TransportName transport) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("host", endpoint.server().authority());
        headers.put("accept", "*/*");
        String cookie = cookies == null ? null : cookies.header();
        if (cookie != null) {
            headers.put("cookie", cookie);
        }
        Map<String, String> own = options.of(transport).extraHeaders();
        (own == null ? extraHeaders : own).forEach((name, value) -> {
            boolean both = cookie != null && name.equalsIgnoreCase("cookie");
            headers.put(name, both ? value + "; " + cookie : value);
        });
        return headers;
    }

    void storeCookies(List<String> headers) {
        if (cookies != null) {
            cookies.store(headers);
        }
    }
}
