package dev.sockeye.engineio;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/** Parses the query of a request, decoded as browsers do: malformed input yields odd values, never an error. */
public final class Query {
    private Query() {}

    /** The parameters of a request target, in order; of a name that occurs more than once the last value. */
    public static Map<String, String> parse(String uri) {
        String form = form(uri);
        return form.isEmpty() ? Map.of() : parseForm(form);
    }

    /** All values of each parameter of a request target, in order. */
    public static Map<String, List<String>> parseAll(String uri) {
        Map<String, List<String>> fields = new LinkedHashMap<>();
        forEach(
                form(uri),
                (name, value) ->
                        fields.computeIfAbsent(name, key -> new ArrayList<>(1)).add(value));
        fields.replaceAll((name, values) -> List.copyOf(values));
        return fields;
    }

    /** The fields of {@code a=b&c=d}; of a name that occurs more than once the last value. */
    public static Map<String, String> parseForm(String form) {
        Map<String, String> fields = new LinkedHashMap<>();
        forEach(form, fields::put);
        return fields;
    }

    private static String form(String uri) {
        int question = uri.indexOf('?');
        if (question < 0) {
            return "";
        }
        int end = uri.indexOf('#', question);
        return uri.substring(question + 1, end < 0 ? uri.length() : end);
    }

    private static void forEach(String form, BiConsumer<String, String> field) {
        int from = 0;
        while (from < form.length()) {
            int to = form.indexOf('&', from);
            if (to < 0) {
                to = form.length();
            }
            if (to > from) {
                int equals = form.indexOf('=', from);
                if (equals < 0 || equals > to) {
                    field.accept(decode(form.substring(from, to)), "");
                } else {
                    field.accept(decode(form.substring(from, equals)), decode(form.substring(equals + 1, to)));
                }
            }
            from = to + 1;
        }
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
