package dev.sockeye.socketio.client.engine;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The cookies of one manager. They are sent only to the server that set them. Names, values and times are parsed as in RFC 6265;
 * other attributes are ignored, as in the official client. Used on the loop only.
 */
public final class CookieJar {
    private static final int MAX_COOKIES = 100;
    private static final long NEVER = Long.MAX_VALUE;
    private static final long EXPIRED = Long.MIN_VALUE;
    /** In seconds: about 3,000 years, so that the sum with a time does not overflow. */
    private static final long LONGEST_AGE = 100_000_000_000L;

    private record Cookie(String value, long expires) {}

    private final Map<String, Cookie> cookies = new LinkedHashMap<>();
    private final LongSupplier clock;

    /** @param clock the wall clock in milliseconds */
    public CookieJar(LongSupplier clock) {
        this.clock = clock;
    }

    /** Stores the values of {@code Set-Cookie} headers; malformed ones are ignored. */
    public void store(List<String> headers) {
        for (String header : headers) {
            store(header);
        }
    }

    private void store(String header) {
        String[] parts = header.split(";", -1);
        int equals = parts[0].indexOf('=');
        String name = equals < 0 ? "" : parts[0].substring(0, equals).strip();
        if (name.isEmpty()) {
            return;
        }
        cookies.remove(name);
        long expires = expires(parts);
        if (expires <= clock.getAsLong()) {
            return;
        }
        if (cookies.size() == MAX_COOKIES) {
            cookies.remove(cookies.keySet().iterator().next());
        }
        cookies.put(name, new Cookie(unquoted(parts[0].substring(equals + 1).strip()), expires));
    }

    private static String unquoted(String value) {
        int length = value.length();
        return length > 1 && value.charAt(0) == '"' && value.charAt(length - 1) == '"'
                ? value.substring(1, length - 1)
                : value;
    }

    /** When the cookie expires. {@code Max-Age} has precedence; of several equal attributes, the last one counts. */
    private long expires(String[] parts) {
        String maxAge = null;
        String expires = null;
        for (int i = 1; i < parts.length; i++) {
            int equals = parts[i].indexOf('=');
            if (equals >= 0) {
                String name = parts[i].substring(0, equals).strip().toLowerCase(Locale.ROOT);
                if (name.equals("max-age")) {
                    maxAge = parts[i].substring(equals + 1).strip();
                } else if (name.equals("expires")) {
                    expires = parts[i].substring(equals + 1).strip();
                }
            }
        }
        if (maxAge != null) {
            return afterAge(maxAge);
        }
        return expires == null ? NEVER : CookieDate.millis(expires, EXPIRED);
    }

    /** A time that is invalid must not turn the removal of a cookie into a cookie that is kept. */
    private long afterAge(String seconds) {
        if (!seconds.matches("\\d+")) {
            return EXPIRED; // negative, or not a number
        }
        long age = seconds.length() > 11 ? LONGEST_AGE : Math.min(Long.parseLong(seconds), LONGEST_AGE);
        return age == 0 ? EXPIRED : clock.getAsLong() + age * 1000;
    }

    /** The value of the {@code Cookie} header; {@code null} if there is none. */
    public @Nullable String header() {
        long now = clock.getAsLong();
        List<String> pairs = new ArrayList<>();
        for (Iterator<Map.Entry<String, Cookie>> i = cookies.entrySet().iterator(); i.hasNext(); ) {
            Map.Entry<String, Cookie> entry = i.next();
            if (entry.getValue().expires() <= now) {
                i.remove();
            } else {
                pairs.add(entry.getKey() + "=" + entry.getValue().value());
            }
        }
        return pairs.isEmpty() ? null : String.join("; ", pairs);
    }
}
