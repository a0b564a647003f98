package dev.sockeye.kafka;

import java.util.regex.Pattern;

/**
 * The text form of a record's position: partition and offset, separated by a dot. The position before the first record of a
 * partition has the offset -1.
 */
final class Offsets {
    private static final Pattern FORM = Pattern.compile("\\d{1,6}\\.(?:-1|\\d{1,18})");

    private Offsets() {}

    static String text(int partition, long offset) {
        return partition + "." + offset;
    }

    static boolean isOffset(String text) {
        return FORM.matcher(text).matches();
    }

    static int partition(String text) {
        return Integer.parseInt(text.substring(0, text.indexOf('.')));
    }

    static long offset(String text) {
        return Long.parseLong(text.substring(text.indexOf('.') + 1));
    }

    /** Compares positions in one partition; a namespace uses only one. */
    static int compare(String one, String other) {
        return Long.compare(offset(one), offset(other));
    }
}
