package dev.sockeye.socketio.client.engine;

import java.net.HttpCookie;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The cookies of one manager. They are sent only to the server that set them. The syntax is parsed by {@link HttpCookie}. Used on
 * the loop only.
 */
public final class CookieJar {
    private static final int MAX_COOKIES = 100;
    private static final Pattern MAX_AGE = Pattern.compile(";\\s*max-age\\s*=\\s*-?\\d", Pattern.CASE_INSENSITIVE);
    private static final Pattern EXPIRES = Pattern.compile(";\\s*expires\\s*=[^;]*", Pattern.CASE_INSENSITIVE);

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
        // RFC 6265: Max-Age has precedence; HttpCookie takes the first of the two
        String text = MAX_AGE.matcher(header).find() ? EXPIRES.matcher(header).replaceAll("") : header;
        List<HttpCookie> parsed;
        try {
            parsed = HttpCookie.parse("Set-Cookie: " + text);
        } catch (IllegalArgumentException e) {
            return;
        }
        for (HttpCookie cookie : parsed) {
            cookies.remove(cookie.getName());
            if (cookies.size() < MAX_COOKIES) {
                cookies.put(cookie.getName(), new Cookie(cookie.getValue(), expires(cookie.getMaxAge())));
            }
        }
    }

    private long expires(long maxAge) {
        if (maxAge < 0) {
            return Long.MAX_VALUE;
        }
        return maxAge == 0 ? Long.MIN_VALUE : clock.getAsLong() + Math.min(maxAge, Integer.MAX_VALUE) * 1000L;
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
