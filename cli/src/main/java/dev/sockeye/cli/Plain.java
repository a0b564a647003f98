package dev.sockeye.cli;

import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** Texts of servers, as they are shown to the user. */
public final class Plain {
    private static final Pattern CONTROL = Pattern.compile("[\\p{Cc}&&[^\\n]]");

    private Plain() {}

    /** Replaces control characters, which could change the terminal, except for line breaks. */
    public static String text(String given) {
        return CONTROL.matcher(given).replaceAll("\uFFFD");
    }

    /** Whether colours are wanted; see no-color.org. */
    public static boolean colours(Map<String, String> environment) {
        return environment.getOrDefault("NO_COLOR", "").isEmpty();
    }

    /** Escapes the control characters that JSON permits in strings. */
    public static String json(String json) {
        StringBuilder out = null;
        for (int i = 0; i < json.length(); i++) {
            char c = json.charAt(i);
            if (c >= 0x7F && c <= 0x9F) {
                if (out == null) {
                    out = new StringBuilder(json.length() + 16).append(json, 0, i);
                }
                out.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            } else if (out != null) {
                out.append(c);
            }
        }
        return out == null ? json : out.toString();
    }
}
