package dev.sockeye.cli.load.plan;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Parses and formats durations, sizes and numbers in human-readable form. */
public final class Units {
    private static final Pattern DURATION = Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*(us|µs|ms|s|m|h)?");
    private static final Pattern SIZE = Pattern.compile("(\\d+)\\s*([kKmM]?)(?:i?[bB])?");

    private static final double LONGEST_NANOS = 1000 * 3600e9;

    private Units() {}

    /** A duration such as 500ms, 2s, 1.5m, 1h; a number without a unit is in seconds. */
    public static Duration duration(String text) {
        Matcher parts = DURATION.matcher(text.strip());
        if (!parts.matches()) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" is not a duration; write, for example, 500ms, 10s, 2m or 1h");
        }
        double amount = Double.parseDouble(parts.group(1));
        String unit = parts.group(2) == null ? "s" : parts.group(2);
        double nanos = switch (unit) {
            case "us", "µs" -> amount * 1e3;
            case "ms" -> amount * 1e6;
            case "m" -> amount * 60e9;
            case "h" -> amount * 3600e9;
            default -> amount * 1e9;
        };
        if (nanos > LONGEST_NANOS) {
            throw new IllegalArgumentException("\"" + text + "\" is too long; the maximum is 1000h");
        }
        return Duration.ofNanos(Math.round(nanos));
    }

    /** A number of bytes such as 32, 4k, 1M. */
    public static int bytes(String text) {
        Matcher parts = SIZE.matcher(text.strip());
        if (!parts.matches()) {
            throw new IllegalArgumentException("\"" + text + "\" is not a size; write, for example, 32, 4k or 1M");
        }
        long factor = switch (parts.group(2).toLowerCase(Locale.ROOT)) {
            case "k" -> 1024;
            case "m" -> 1024 * 1024;
            default -> 1;
        };
        String digits = parts.group(1);
        if (digits.length() > 9 || Long.parseLong(digits) * factor > 64 * 1024 * 1024) {
            throw new IllegalArgumentException("\"" + text + "\" is too large; the maximum is 64M");
        }
        return (int) (Long.parseLong(digits) * factor);
    }

    /** A time in nanoseconds with three digits: 412 µs, 1.24 ms, 2.31 s. */
    public static String time(double nanos) {
        if (nanos < 999.5e3) {
            return digits(nanos / 1e3) + " µs";
        }
        return nanos < 999.5e6 ? digits(nanos / 1e6) + " ms" : digits(nanos / 1e9) + " s";
    }

    public static String time(long nanos) {
        return time((double) nanos);
    }

    public static String count(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    private static String digits(double value) {
        String format = value < 9.995 ? "%.2f" : value < 99.95 ? "%.1f" : "%,.0f";
        return String.format(Locale.ROOT, format, value);
    }

    /** An integer with thousands separators. */
    public static String count(double value) {
        return String.format(Locale.ROOT, "%,.0f", value);
    }

    /** A rate; small rates have a decimal place. */
    public static String rate(double value) {
        return String.format(Locale.ROOT, value < 100 && value != Math.rint(value) ? "%.1f" : "%,.0f", value);
    }

    public static String length(Duration duration) {
        long millis = duration.toMillis();
        if (millis < 1000) {
            return millis + " ms";
        }
        return millis % 1000 == 0 ? millis / 1000 + " s" : String.format(Locale.ROOT, "%.1f s", millis / 1000.0);
    }

    public static String size(int bytes) {
        return bytes < 4096 ? bytes + " B" : String.format(Locale.ROOT, "%,d KiB", bytes / 1024);
    }

    /** A number without trailing zeros. */
    public static String trim(double value) {
        return BigDecimal.valueOf(value)
                .setScale(4, RoundingMode.HALF_UP)
                .stripTrailingZeros()
                .toPlainString();
    }

    public static double seconds(long nanos) {
        return nanos / 1e9;
    }
}
