package dev.sockeye.engineio;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The minimal JSON support of the engine. */
final class Json {
    private Json() {}

    /** Encodes a string as JSON. */
    static String quote(String text) {
        StringBuilder out = new StringBuilder(text.length() + 2).append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (c < 0x20 || c == 0x2028 || c == 0x2029 || (Character.isSurrogate(c) && !paired(text, i))) {
                        out.append(String.format("\\u%04x", (int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        return out.append('"').toString();
    }

    private static boolean paired(String text, int i) {
        char c = text.charAt(i);
        return Character.isHighSurrogate(c)
                ? i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))
                : i > 0 && Character.isHighSurrogate(text.charAt(i - 1));
    }

    /**
     * Returns the value of a member of a JSON object whose values are strings.
     *
     * @return the value; {@code null} if there is no such member, or the text is not such an object
     */
    static @Nullable String stringMember(byte[] utf8, int offset, String name) {
        return new FlatObject(new String(utf8, offset, utf8.length - offset, StandardCharsets.UTF_8)).member(name);
    }

    /** Parses an object whose values are strings. */
    private static final class FlatObject {
        private final String text;
        private int at;

        FlatObject(String text) {
            this.text = text;
        }

        @Nullable
        String member(String name) {
            String found = null;
            if (!next('{')) {
                return null;
            }
            do {
                String key = string();
                String value = key != null && next(':') ? string() : null;
                if (key == null || value == null) {
                    return null;
                }
                if (key.equals(name)) {
                    found = value;
                }
            } while (next(','));
            boolean whole = next('}');
            skipSpace();
            return whole && at == text.length() ? found : null;
        }

        private void skipSpace() {
            while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
                at++;
            }
        }

        private boolean next(char c) {
            skipSpace();
            boolean there = at < text.length() && text.charAt(at) == c;
            at += there ? 1 : 0;
            return there;
        }

        private @Nullable String string() {
            if (!next('"')) {
                return null;
            }
            StringBuilder value = new StringBuilder();
            while (at < text.length()) {
                char c = text.charAt(at++);
                if (c == '"') {
                    return value.toString();
                } else if (c < 0x20) {
                    return null;
                } else if (c != '\\') {
                    value.append(c);
                } else if (!escape(value)) {
                    return null;
                }
            }
            return null;
        }

        private boolean escape(StringBuilder value) {
            char c = at < text.length() ? text.charAt(at++) : 0;
            int known = "\"\\/bfnrt".indexOf(c);
            if (known >= 0) {
                value.append("\"\\/\b\f\n\r\t".charAt(known));
                return true;
            }
            if (c != 'u' || at + 4 > text.length()) {
                return false;
            }
            int code = 0;
            for (int end = at + 4; at < end; at++) {
                int digit = text.charAt(at) < 128 ? Character.digit(text.charAt(at), 16) : -1;
                if (digit < 0) {
                    return false;
                }
                code = code << 4 | digit;
            }
            value.append((char) code);
            return true;
        }
    }
}
