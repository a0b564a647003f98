package dev.sockeye.cli.load.plan;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A value whose strings may contain {@code ${name}}. Immutable. */
public final class Template {
    static final Set<String> BUILT_IN = Set.of("user", "iteration", "random", "uuid", "time", "payload");
    private static final Pattern NAME = Pattern.compile("\\$\\{([A-Za-z_][\\w.]*)}");

    private final @Nullable Object value;
    private final boolean fixed;

    private Template(@Nullable Object value) {
        this.value = value;
        this.fixed = names().isEmpty();
    }

    public static Template of(@Nullable Object value) {
        return new Template(value);
    }

    /** The value with all names replaced; a string that consists of one name only is replaced by the value itself, regardless of its type. */
    @Nullable
    public Object resolve(Scope scope) {
        return fixed ? value : resolve(value, scope);
    }

    /** The value as a string. */
    public String text(Scope scope) {
        return String.valueOf(resolve(scope));
    }

    /** The value as a list of arguments. */
    public List<@Nullable Object> list(Scope scope) {
        List<@Nullable Object> all = new ArrayList<>();
        if (resolve(scope) instanceof List<?> list) {
            all.addAll(list);
        }
        return all;
    }

    /** The names that are used. */
    Set<String> names() {
        Set<String> names = new TreeSet<>();
        collect(value, names);
        return names;
    }

    private static void collect(@Nullable Object value, Set<String> names) {
        if (value instanceof String text) {
            Matcher found = NAME.matcher(text);
            while (found.find()) {
                names.add(found.group(1));
            }
        } else if (value instanceof List<?> list) {
            list.forEach(each -> collect(each, names));
        } else if (value instanceof Map<?, ?> map) {
            map.values().forEach(each -> collect(each, names));
        }
    }

    private static @Nullable Object resolve(@Nullable Object value, Scope scope) {
        if (value instanceof String text) {
            Matcher found = NAME.matcher(text);
            if (found.matches()) {
                return scope.value(found.group(1));
            }
            return NAME.matcher(text)
                    .replaceAll(name -> Matcher.quoteReplacement(String.valueOf(scope.value(name.group(1)))));
        }
        if (value instanceof List<?> list) {
            List<@Nullable Object> all = new ArrayList<>(list.size());
            list.forEach(each -> all.add(resolve(each, scope)));
            return all;
        }
        if (value instanceof Map<?, ?> map) {
            Map<String, @Nullable Object> all = new LinkedHashMap<>();
            map.forEach((key, each) -> all.put(String.valueOf(key), resolve(each, scope)));
            return all;
        }
        return value;
    }

    /** Whether a value matches a pattern: lists by their first elements, maps by the pattern's keys, numbers by value. */
    public static boolean matches(@Nullable Object pattern, @Nullable Object value) {
        if (pattern instanceof List<?> wanted && value instanceof List<?> given) {
            if (given.size() < wanted.size()) {
                return false;
            }
            for (int i = 0; i < wanted.size(); i++) {
                if (!matches(wanted.get(i), given.get(i))) {
                    return false;
                }
            }
            return true;
        }
        if (pattern instanceof Map<?, ?> wanted && value instanceof Map<?, ?> given) {
            for (Map.Entry<?, ?> entry : wanted.entrySet()) {
                if (!given.containsKey(entry.getKey()) || !matches(entry.getValue(), given.get(entry.getKey()))) {
                    return false;
                }
            }
            return true;
        }
        if (pattern instanceof Number wanted && value instanceof Number given) {
            return Double.compare(wanted.doubleValue(), given.doubleValue()) == 0;
        }
        return pattern == null ? value == null : pattern.equals(value);
    }

    /** A string of letters. */
    public static String letters(int length) {
        return "abcdefghijklmnopqrstuvwxyz".repeat(length / 26 + 1).substring(0, length);
    }
}
