package dev.sockeye.runtime;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * Parses {@code a=b&c=d} with the decoding rules of browsers: malformed input yields unexpected values, but never an
 * error.
 */
public final class QueryString {
    private QueryString() {}

    /**
     * Calls the consumer with the name and value of each field, in order; a field without {@code =} has an empty value.
     */
    public static void forEach(String form, BiConsumer<String, String> field) {
        int from = 0;
        while (from < form.length()) {
            int to = form.indexOf('&', from);
            if (to < 0) {
                to = form.length();
            }
            if (to > from) {
                String pair = form.substring(from, to); // a search in the whole form would take quadratic time
                int equals = pair.indexOf('=');
                if (equals < 0) {
                    field.accept(decode(pair), "");
                } else {
                    field.accept(decode(pair.substring(0, equals)), decode(pair.substring(equals + 1)));
                }
            }
            from = to + 1;
        }
    }

    /** The query of a request target, still encoded; empty if there is none. */
    public static String of(String uri) {
        int question = uri.indexOf('?');
        if (question < 0) {
            return "";
        }
        int end = uri.indexOf('#', question);
        return uri.substring(question + 1, end < 0 ? uri.length() : end);
    }

    /** All values of a parameter of a request target, in order. */
    public static List<String> values(String uri, String name) {
        List<String> values = new ArrayList<>(1);
        forEach(of(uri), (field, value) -> {
            if (field.equals(name)) {
                values.add(value);
            }
        });
        return List.copyOf(values);
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
