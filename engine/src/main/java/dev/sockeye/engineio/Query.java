package dev.sockeye.engineio;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** The query of a request, decoded as browsers do: hostile input gives odd values, never an error. The last of a name counts. */
public final class Query {
    private Query() {}

    /** The parameters of a request target, in order. */
    public static Map<String, String> parse(String uri) {
        int question = uri.indexOf('?');
        if (question < 0) {
            return Map.of();
        }
        int end = uri.indexOf('#', question);
        return parseForm(uri.substring(question + 1, end < 0 ? uri.length() : end));
    }

    /** The fields of {@code a=b&c=d}. */
    public static Map<String, String> parseForm(String form) {
        Map<String, String> fields = new LinkedHashMap<>();
        int from = 0;
        while (from < form.length()) {
            int to = form.indexOf('&', from);
            if (to < 0) {
                to = form.length();
            }
            if (to > from) {
                int equals = form.indexOf('=', from);
                if (equals < 0 || equals > to) {
                    fields.put(decode(form.substring(from, to)), "");
                } else {
                    fields.put(decode(form.substring(from, equals)), decode(form.substring(equals + 1, to)));
                }
            }
            from = to + 1;
        }
        return fields;
    }

    private static String decode(String text) {
        if (text.indexOf('%') < 0 && text.indexOf('+') < 0) {
            return text;
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
        byte[] raw = text.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < raw.length; i++) {
            int high;
            int low;
            if (raw[i] == '+') {
                bytes.write(' ');
            } else if (raw[i] == '%'
                    && i + 2 < raw.length
                    && (high = Character.digit(raw[i + 1], 16)) >= 0
                    && (low = Character.digit(raw[i + 2], 16)) >= 0) {
                bytes.write(high << 4 | low);
                i += 2;
            } else {
                bytes.write(raw[i]);
            }
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
