package dev.sockeye.engineio;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reads the addresses of a {@code Forwarded} or {@code X-Forwarded-For} header from the last to the first. The last one
 * was added by the nearest proxy, so it is well-formed whatever the client has sent. Reading from the right ensures
 * that input of the client, for example an open quote, cannot change the meaning of what a proxy has added.
 */
final class ForwardedFor {
    private final String text;
    private final ForwardedHeader header;
    private int end;

    ForwardedFor(String text, ForwardedHeader header) {
        this.text = text;
        this.header = header;
        this.end = text.length();
    }

    /** Whether there is another element; empty elements are skipped. */
    boolean hasNext() {
        while (end > 0 && (text.charAt(end - 1) == ',' || blank(text.charAt(end - 1)))) {
            end--;
        }
        return end > 0;
    }

    /** The address of the next element to the left; {@code null} if it has none. */
    @Nullable
    IpAddress next() {
        int start = start();
        String element = text.substring(start, end);
        end = start;
        String node = header == ForwardedHeader.FORWARDED ? forParameter(element) : element.strip();
        return node == null ? null : address(node);
    }

    /** The start of the last element: after a comma that is not quoted. */
    private int start() {
        boolean quoted = false;
        for (int i = end - 1; i >= 0; i--) {
            char c = text.charAt(i);
            if (c == '"' && !(quoted && escaped(i))) {
                quoted = !quoted;
            } else if (c == ',' && !quoted) {
                return i + 1;
            }
        }
        return 0;
    }

    private boolean escaped(int at) {
        int slashes = 0;
        while (at - slashes > 0 && text.charAt(at - slashes - 1) == '\\') {
            slashes++;
        }
        return slashes % 2 == 1;
    }

    /**
     * The value of the {@code for} parameter; {@code null} if there is not exactly one, or the element is malformed.
     */
    private static @Nullable String forParameter(String element) {
        String found = null;
        int at = 0;
        while (at < element.length()) {
            int equals = element.indexOf('=', at);
            if (equals < 0) {
                return null;
            }
            String name = element.substring(at, equals).strip().toLowerCase(Locale.ROOT);
            StringBuilder value = new StringBuilder();
            at = value(element, equals + 1, value);
            if (at < 0 || (name.equals("for") && found != null)) {
                return null;
            }
            if (name.equals("for")) {
                found = value.toString();
            }
        }
        return found;
    }

    /**
     * Reads a token or a quoted string and the following semicolon; returns the end position, or -1 if it is malformed.
     */
    private static int value(String element, int from, StringBuilder value) {
        int at = from;
        if (at < element.length() && element.charAt(at) == '"') {
            at++;
            while (at < element.length() && element.charAt(at) != '"') {
                if (element.charAt(at) == '\\') {
                    at++;
                }
                if (at < element.length()) {
                    value.append(element.charAt(at++));
                }
            }
            if (at >= element.length()) {
                return -1;
            }
            at++;
            while (at < element.length() && blank(element.charAt(at))) {
                at++;
            }
            return at == element.length() ? at : element.charAt(at) == ';' ? at + 1 : -1;
        }
        int semicolon = element.indexOf(';', at);
        int stop = semicolon < 0 ? element.length() : semicolon;
        value.append(element.substring(at, stop).strip());
        return semicolon < 0 ? stop : stop + 1;
    }

    private static boolean blank(char c) {
        return c == ' ' || c == '\t';
    }

    /** Parses an address with or without port; {@code null} for a name, {@code unknown} and obfuscated identifiers. */
    private static @Nullable IpAddress address(String node) {
        if (node.startsWith("[")) {
            int close = node.indexOf(']');
            int colon = node.indexOf(':');
            if (colon < 0 || colon > close || !portOrNothing(node.substring(close + 1))) {
                return null;
            }
            return IpAddress.parse(node.substring(1, close));
        }
        int colon = node.indexOf(':');
        if (colon >= 0 && node.indexOf(':', colon + 1) < 0) {
            return portOrNothing(node.substring(colon)) ? IpAddress.parse(node.substring(0, colon)) : null;
        }
        return IpAddress.parse(node);
    }

    /** A port may be obfuscated: an underscore and a word. */
    private static boolean portOrNothing(String text) {
        return text.isEmpty() || text.matches(":([0-9]{1,5}|_[A-Za-z0-9._-]+)");
    }
}
