package dev.sockeye.socketio.client;

import io.netty.handler.codec.DateFormatter;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The cookies of one manager; they are sent to the one server that set them. Used on the loop only. */
final class CookieJar {
    private static final int MAX_COOKIES = 100;

    private record Cookie(String value, long expires) {}

    private final Map<String, Cookie> cookies = new LinkedHashMap<>();
    private final LongSupplier clock;

    CookieJar(LongSupplier clock) {
        this.clock = clock;
    }

    /** Takes in the values of {@code Set-Cookie} headers. */
    void store(List<String> headers) {
        for (String header : headers) {
            store(header);
        }
    }

    private void store(String header) {
        String[] parts = header.split(";", -1);
        int equals = parts[0].indexOf('=');
        if (equals <= 0) {
            return;
        }
        String name = parts[0].substring(0, equals).trim();
        String value = parts[0].substring(equals + 1).trim();
        if (value.length() > 1 && value.startsWith("\"") && value.endsWith("\"")) {
            value = value.substring(1, value.length() - 1);
        }
        Long expires = null;
        boolean maxAgeSeen = false;
        for (int i = 1; i < parts.length; i++) {
            int at = parts[i].indexOf('=');
            if (at < 0) {
                continue;
            }
            String key = parts[i].substring(0, at).trim().toLowerCase(Locale.ROOT);
            String attribute = parts[i].substring(at + 1).trim();
            if (key.equals("max-age")) {
                expires = maxAge(attribute);
                maxAgeSeen = expires != null;
            } else if (key.equals("expires") && !maxAgeSeen) {
                expires = date(attribute);
            }
        }
        cookies.remove(name);
        if (!name.isEmpty() && cookies.size() < MAX_COOKIES) {
            cookies.put(name, new Cookie(value, expires == null ? Long.MAX_VALUE : expires));
        }
    }

    @SuppressWarnings("JavaUtilDate") // Netty's lenient parser of the formats that servers use
    private static @Nullable Long date(String text) {
        var date = DateFormatter.parseHttpDate(text);
        return date == null ? null : (Long) date.getTime();
    }

    private @Nullable Long maxAge(String seconds) {
        try {
            long value = Long.parseLong(seconds);
            return value <= 0 ? Long.MIN_VALUE : clock.getAsLong() + Math.min(value, Integer.MAX_VALUE) * 1000L;
        } catch (NumberFormatException e) {
            return null;
        }
    }

    /** The value of the {@code Cookie} header; {@code null} when there is none. */
    @Nullable
    String header() {
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
