package dev.sockeye.socketio.client.engine;

import dev.sockeye.runtime.QueryString;
import dev.sockeye.socketio.client.transport.ServerAddress;
import java.net.IDN;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A server URI, parsed.
 *
 * @param namespace the path of the URI
 * @param query the parameters of the URI, decoded
 */
public record Endpoint(ServerAddress server, String namespace, Map<String, String> query) {
    /** Before the name of a network interface (RFC 6874); without the digits, it is common, too. */
    private static final Pattern ZONE = Pattern.compile("%25(?=.)");

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
        Authority authority = Authority.of(parsed);
        if (authority == null) {
            throw new IllegalArgumentException("no host in " + uri);
        }
        String host = authority.host();
        if (host.startsWith("[") && host.endsWith("]")) {
            host = ZONE.matcher(host.substring(1, host.length() - 1)).replaceFirst("%");
        }
        int port = authority.port() > 0 ? authority.port() : secure ? 443 : 80;
        if (port > 65535) {
            throw new IllegalArgumentException("no such port: " + uri);
        }
        String path = parsed.getPath();
        String namespace = path == null || path.isEmpty() ? "/" : path;
        return new Endpoint(new ServerAddress(secure, host, port), namespace, parseQuery(parsed.getRawQuery()));
    }

    /** @param port 0 or negative if there is none */
    private record Authority(String host, int port) {
        private static final Pattern NAME_AND_PORT = Pattern.compile("(?:.*@)?([^@:%\\[\\]]+)(?::(\\d{1,6})?)?");

        /** Names that are no host names for {@link URI}, with an underscore or other letters, are common in networks of containers. */
        static @Nullable Authority of(URI uri) {
            if (uri.getHost() != null) {
                return new Authority(uri.getHost(), uri.getPort());
            }
            String text = uri.getRawAuthority(); // a host with escaped characters is refused
            Matcher parts = NAME_AND_PORT.matcher(text == null ? "" : text);
            if (!parts.matches()) {
                return null;
            }
            String port = parts.group(2);
            try {
                return new Authority(IDN.toASCII(parts.group(1)), port == null ? 0 : Integer.parseInt(port));
            } catch (IllegalArgumentException e) { // a label that is too long
                return null;
            }
        }
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
