package dev.sockeye.cli.console;

import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.protocol.JacksonBinding;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.MappingIterator;
import tools.jackson.databind.json.JsonMapper;

/** An input line: {@code event json json...}; an event that contains spaces is in double quotes. */
record Line(String event, List<@Nullable Object> args) {

    /**
     * @throws IllegalArgumentException if the line is malformed; the message is shown to the user
     */
    static Line parse(String text) {
        String line = text.strip();
        if (line.startsWith("\"")) {
            List<@Nullable Object> values = values(line);
            return new Line(String.valueOf(values.get(0)), values.subList(1, values.size()));
        }
        int end = 0;
        while (end < line.length() && !Character.isWhitespace(line.charAt(end))) {
            end++;
        }
        if (end == 0) {
            throw new IllegalArgumentException("an event is missing");
        }
        return new Line(line.substring(0, end), values(line.substring(end)));
    }

    /** @throws IllegalArgumentException if the text is not valid JSON */
    static List<@Nullable Object> values(String json) {
        JsonMapper mapper = JacksonBinding.shared().mapper();
        List<@Nullable Object> values = new ArrayList<>();
        try (MappingIterator<Object> each = mapper.readerFor(Object.class).readValues(json)) {
            while (each.hasNextValue()) {
                values.add(each.nextValue());
            }
        } catch (JacksonException e) {
            throw new IllegalArgumentException(
                    "not JSON (strings need double quotes): " + json.strip() + ": "
                            + e.getOriginalMessage().replaceAll("(?s) \\(start marker at.*", ""),
                    e);
        }
        return values;
    }

    /** The name of an event as the user has to type it. */
    static String typed(String event) {
        boolean plain = !event.isEmpty()
                && !event.startsWith("\"")
                && !event.startsWith("?")
                && event.chars().noneMatch(Character::isWhitespace);
        return plain ? event : json(event);
    }

    Object[] array() {
        return args.toArray();
    }

    /** The arguments as JSON values separated by spaces; binary data is shown as its length and first bytes. */
    static String show(Arguments args) {
        List<String> parts = new ArrayList<>();
        for (Object value : args.toList()) {
            parts.add(json(value));
        }
        return String.join(" ", parts);
    }

    static String json(@Nullable Object value) {
        return new String(JacksonBinding.shared().write(readable(value), new ArrayList<>()), StandardCharsets.UTF_8);
    }

    private static @Nullable Object readable(@Nullable Object value) {
        if (value instanceof byte[] bytes) {
            String start = HexFormat.of().formatHex(bytes, 0, Math.min(bytes.length, 16));
            return "<" + bytes.length + " bytes: " + start + (bytes.length > 16 ? "..." : "") + ">";
        }
        if (value instanceof List<?> list) {
            List<@Nullable Object> all = new ArrayList<>();
            list.forEach(item -> all.add(readable(item)));
            return all;
        }
        if (value instanceof Map<?, ?> map) {
            Map<String, @Nullable Object> all = new LinkedHashMap<>();
            map.forEach((key, item) -> all.put(String.valueOf(Objects.requireNonNull(key)), readable(item)));
            return all;
        }
        return value;
    }
}
