package dev.sockeye.socketio.client.engine;

import dev.sockeye.runtime.QueryString;
import dev.sockeye.socketio.client.transport.ServerAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A server URI, parsed.
 *
 * @param namespace the path of the URI
 * @param query the parameters of the URI, decoded
 */
public record Endpoint(ServerAddress server, String namespace, Map<String, String> query) {

    /**
     * Parses a URI; without a scheme it is {@code http}.
     *
     * @throws IllegalArgumentException if it is not an http, https, ws or wss URI with a host
     */
    public static Endpoint parse(String uri) {
        String text = uri.contains("://") ? uri : "http://" + uri;
        URI parsed;
        try {
            parsed = new URI(text);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("not a URI: " + uri, e);
        }
        String scheme = parsed.getScheme().toLowerCase(Locale.ROOT);
        boolean secure = switch (scheme) {
            case "http", "ws" -> false;
            case "https", "wss" -> true;
            default -> throw new IllegalArgumentException("scheme must be http, https, ws or wss: " + uri);
        };
        String host = parsed.getHost();
        if (host == null) {
            throw new IllegalArgumentException("no host in " + uri);
        }
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        }
        int port = parsed.getPort() > 0 ? parsed.getPort() : secure ? 443 : 80;
        String path = parsed.getPath();
        String namespace = path == null || path.isEmpty() ? "/" : path;
        return new Endpoint(new ServerAddress(secure, host, port), namespace, parseQuery(parsed.getRawQuery()));
    }

    private static Map<String, String> parseQuery(@Nullable String raw) {
        if (raw == null || raw.isEmpty()) {
            return Map.of();
        }
        Map<String, String> query = new LinkedHashMap<>();
        QueryString.forEach(raw, query::put);
        query.remove("");
        return Collections.unmodifiableMap(query);
    }

    static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** Scheme, host and port; connections to the same origin may be shared. */
    public String origin() {
        return server.origin();
    }
}
