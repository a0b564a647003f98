package dev.sockeye.cli.load.plan;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;

/**
 * The server to test.
 *
 * @param origin scheme, host and port
 * @param secure whether TLS is used
 * @param namespace the path of the URL
 * @param query as given by the user, without the question mark; empty if there is none
 */
public record Target(String origin, boolean secure, String host, int port, String namespace, String query) {

    /** Parses the user's input; throws an exception whose message explains the problem. */
    public static Target parse(String url) {
        String text = url.contains("://") ? url : "http://" + url;
        URI uri;
        try {
            uri = new URI(text);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(
                    "\"" + url + "\" is not a URL (" + e.getReason() + "); write, for example, http://localhost:3000");
        }
        String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
        boolean secure = switch (scheme) {
            case "http", "ws" -> false;
            case "https", "wss" -> true;
            default ->
                throw new IllegalArgumentException("\"" + url + "\" begins with " + scheme
                        + "://; a Socket.IO server is at http://, https://, ws:// or wss://");
        };
        if (uri.getHost() == null) {
            throw new IllegalArgumentException(
                    "\"" + url + "\" has no host; write, for example, http://localhost:3000");
        }
        int port = uri.getPort();
        if (port == 0 || port > 65_535) {
            throw new IllegalArgumentException("the port of \"" + url + "\" must be 1 to 65535");
        }
        int used = port > 0 ? port : secure ? 443 : 80;
        String path = uri.getPath() == null || uri.getPath().isEmpty() ? "/" : uri.getPath();
        String origin = (secure ? "https://" : "http://") + uri.getHost() + ":" + used;
        return new Target(
                origin, secure, uri.getHost(), used, path, uri.getRawQuery() == null ? "" : uri.getRawQuery());
    }

    /** The URL of a namespace in the form that the client expects: with any name, which it decodes. */
    public String address(String name) {
        return origin + encoded(name.startsWith("/") ? name : "/" + name) + (query.isEmpty() ? "" : "?" + query);
    }

    private static String encoded(String path) {
        try {
            return new URI("http", "host", path, null).getRawPath();
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("\"" + path + "\" is not a namespace", e);
        }
    }
}
