package dev.sockeye.engineio;

import dev.sockeye.runtime.QueryString;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Parses the query of a request with the decoding rules of browsers: malformed input yields unexpected values, but
 * never an error.
 */
public final class Query {
    private Query() {}

    /** The parameters of a request target, in order; for a repeated name the last value. */
    public static Map<String, String> parse(String uri) {
        String form = QueryString.of(uri);
        return form.isEmpty() ? Map.of() : parseForm(form);
    }

    /** All values of each parameter of a request target, in order. */
    public static Map<String, List<String>> parseAll(String uri) {
        Map<String, List<String>> fields = new LinkedHashMap<>();
        QueryString.forEach(
                QueryString.of(uri),
                (name, value) ->
                        fields.computeIfAbsent(name, key -> new ArrayList<>(1)).add(value));
        fields.replaceAll((name, values) -> List.copyOf(values));
        return fields;
    }

    /** The fields of {@code a=b&c=d}; for a repeated name the last value. */
    public static Map<String, String> parseForm(String form) {
        Map<String, String> fields = new LinkedHashMap<>();
        QueryString.forEach(form, fields::put);
        return fields;
    }
}
