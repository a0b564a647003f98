package dev.sockeye.redis;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The ids of entries: {@code <milliseconds>-<number>}. */
final class StreamIds {
    static final String START = "0-0";
    private static final long MOST = 999_999_999_999_999_999L;
    private static final Pattern FORM = Pattern.compile("\\d{1,18}-\\d{1,18}");

    private StreamIds() {}

    static boolean isId(@Nullable String text) {
        return text != null && FORM.matcher(text).matches();
    }

    /** The smallest id after one; exclusive ranges need Redis 6.2. */
    static String next(String id) {
        int dash = id.indexOf('-');
        return id.substring(0, dash + 1) + (Long.parseLong(id.substring(dash + 1)) + 1);
    }

    /** The upper end of a range that ends before an id. */
    static String before(String id) {
        int dash = id.indexOf('-');
        long number = Long.parseLong(id.substring(dash + 1));
        long time = Long.parseLong(id.substring(0, dash));
        return number > 0 ? id.substring(0, dash + 1) + (number - 1) : time > 0 ? Long.toString(time - 1) : START;
    }

    /** An id that is smaller than another one, with no entry in between. */
    static String lower(String id) {
        int dash = id.indexOf('-');
        long number = Long.parseLong(id.substring(dash + 1));
        long time = Long.parseLong(id.substring(0, dash));
        return number > 0 ? id.substring(0, dash + 1) + (number - 1) : time > 0 ? (time - 1) + "-" + MOST : START;
    }

    static int compare(String a, String b) {
        int i = a.indexOf('-');
        int j = b.indexOf('-');
        int byTime = Long.compare(Long.parseLong(a.substring(0, i)), Long.parseLong(b.substring(0, j)));
        return byTime != 0
                ? byTime
                : Long.compare(Long.parseLong(a.substring(i + 1)), Long.parseLong(b.substring(j + 1)));
    }
}
