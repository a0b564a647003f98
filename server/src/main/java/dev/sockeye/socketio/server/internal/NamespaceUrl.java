package dev.sockeye.socketio.server.internal;

import dev.sockeye.engineio.Query;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The name of a namespace in protocol 3: the path and the query of a URL. It is parsed as a path-absolute URL of the WHATWG URL Standard, as
 * the reference does.
 *
 * @param name the path
 * @param query the query, decoded
 */
record NamespaceUrl(String name, Map<String, String> query) {
    /** Characters that are percent-encoded in a path, in addition to control and non-ASCII characters. */
    private static final String ENCODED = " \"#<>?`{}^";

    /** Parses a name; {@code null} when it is not a URL. */
    static @Nullable NamespaceUrl parse(String given) {
        if (isPlain(given)) {
            return new NamespaceUrl(given, Map.of());
        }
        String url = given.strip().replaceAll("[\t\r\n]", "");
        int hash = url.indexOf('#');
        url = hash < 0 ? url : url.substring(0, hash);
        int mark = url.indexOf('?');
        String path = (mark < 0 ? url : url.substring(0, mark)).replace('\\', '/');
        Map<String, String> query = mark < 0 ? Map.of() : Query.parseForm(url.substring(mark + 1));
        if (path.startsWith("//")) {
            int host = 2;
            while (host < path.length() && path.charAt(host) == '/') {
                host++;
            }
            int end = path.indexOf('/', host);
            String authority = end < 0 ? path.substring(host) : path.substring(host, end);
            if (!authority.matches("[A-Za-z0-9._~-]+(:\\d{0,5})?")) {
                return null;
            }
            path = end < 0 ? "/" : path.substring(end);
        }
        return new NamespaceUrl(encoded(normalized(path)), query);
    }

    private static boolean isPlain(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean plain = (c >= 'a' && c <= 'z')
                    || (c >= 'A' && c <= 'Z')
                    || (c >= '0' && c <= '9')
                    || c == '-'
                    || c == '_'
                    || (c == '/' && (i == 0 || text.charAt(i - 1) != '/'));
            if (!plain) {
                return false;
            }
        }
        return true;
    }

    /** Removes the segments {@code .} and {@code ..}. */
    private static String normalized(String path) {
        Deque<String> segments = new ArrayDeque<>();
        String[] all = path.split("/", -1);
        for (int i = 1; i < all.length; i++) {
            String segment = all[i].toLowerCase(Locale.ROOT).replace("%2e", ".");
            boolean last = i == all.length - 1;
            if (segment.equals("..")) {
                segments.pollLast();
            } else if (!segment.equals(".")) {
                segments.add(all[i]);
                continue;
            }
            if (last) {
                segments.add("");
            }
        }
        return "/" + String.join("/", segments);
    }

    private static String encoded(String path) {
        StringBuilder text = new StringBuilder(path.length());
        for (byte b : path.getBytes(StandardCharsets.UTF_8)) {
            if (b <= 0x20 || b == 0x7f || ENCODED.indexOf(b) >= 0) {
                text.append(String.format("%%%02X", b));
            } else {
                text.append((char) b);
            }
        }
        return text.toString();
    }
}
