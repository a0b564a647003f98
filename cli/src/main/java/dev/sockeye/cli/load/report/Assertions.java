package dev.sockeye.cli.load.report;

import dev.sockeye.cli.load.plan.Units;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.HdrHistogram.Histogram;

/** The conditions that a run must meet: {@code p99<50ms,errors=0,rate>1000,connect.p99<1s}. */
public final class Assertions {
    private static final Pattern ONE = Pattern.compile("\\s*(.+?)\\s*(<=|>=|!=|==|=|<|>)\\s*(.+?)\\s*");
    private static final Pattern PERCENTILE = Pattern.compile("p(\\d{1,2}(?:\\.\\d+)?|100)");
    private static final String NAMES =
            "p50, p99, p99.9 (any percentile), min, mean, max, errors, rate, sent, received, connected, missing;"
                    + " prefixed by a row name, for example connect.p99";

    private final List<One> all;

    private Assertions(List<One> all) {
        this.all = all;
    }

    private record One(String text, String row, String name, String operator, double limit) {}

    /** The result of one assertion. */
    public record Verdict(String assertion, boolean passed, String actual) {}

    public static Assertions none() {
        return new Assertions(List.of());
    }

    public static Assertions parse(String text) {
        List<One> all = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            if (!part.isBlank()) {
                all.add(one(part.strip()));
            }
        }
        if (all.isEmpty()) {
            throw new IllegalArgumentException("--assert is empty; write, for example, \"p99<50ms,errors=0\"");
        }
        return new Assertions(all);
    }

    private static One one(String text) {
        Matcher parts = ONE.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" is not an assertion; write, for example, p99<50ms or errors=0");
        }
        String left = parts.group(1);
        String row = "";
        String name = left;
        Matcher tail =
                Pattern.compile("(.+)\\.(p\\d.*|min|mean|max|rate|count)").matcher(left);
        if (tail.matches() && !PERCENTILE.matcher(left).matches()) {
            row = tail.group(1);
            name = tail.group(2);
        }
        boolean time = isTime(name);
        if (!time
                && !List.of("errors", "rate", "sent", "received", "connected", "missing", "count")
                        .contains(name)) {
            throw new IllegalArgumentException("\"" + left + "\" is not a figure of a run; available: " + NAMES);
        }
        double limit;
        try {
            limit = time
                    ? time(parts.group(3))
                    : Double.parseDouble(parts.group(3).replace("/s", ""));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("\"" + parts.group(3) + "\" in \"" + text + "\" is not a number");
        }
        if (!Double.isFinite(limit)) {
            throw new IllegalArgumentException("\"" + parts.group(3) + "\" in \"" + text + "\" is not a number");
        }
        return new One(text, row, name, parts.group(2), limit);
    }

    private static boolean isTime(String name) {
        return PERCENTILE.matcher(name).matches()
                || List.of("min", "mean", "max").contains(name);
    }

    /** A time in nanoseconds; a number without a unit is in milliseconds. */
    private static double time(String text) {
        return text.matches("\\d+(\\.\\d+)?")
                ? Double.parseDouble(text) * 1e6
                : Units.duration(text).toNanos();
    }

    boolean isEmpty() {
        return all.isEmpty();
    }

    public List<Verdict> check(LoadResult result) {
        List<Verdict> verdicts = new ArrayList<>();
        for (One one : all) {
            verdicts.add(check(one, result));
        }
        return verdicts;
    }

    private static Verdict check(One one, LoadResult result) {
        Histogram times = one.row().isEmpty() ? result.main() : result.totals().get(one.row());
        if (times == null) {
            return new Verdict(
                    one.text(),
                    false,
                    "there is no row \"" + one.row() + "\"; available: "
                            + String.join(", ", result.totals().keySet()));
        }
        if (isTime(one.name()) && times.getTotalCount() == 0) {
            return new Verdict(one.text(), false, "nothing was measured");
        }
        double actual = value(one, result, times);
        boolean passed = switch (one.operator()) {
            case "<" -> actual < one.limit();
            case "<=" -> actual <= one.limit();
            case ">" -> actual > one.limit();
            case ">=" -> actual >= one.limit();
            case "!=" -> Double.compare(actual, one.limit()) != 0;
            default -> Double.compare(actual, one.limit()) == 0;
        };
        return new Verdict(one.text(), passed, isTime(one.name()) ? Units.time(actual) : Units.rate(actual));
    }

    private static double value(One one, LoadResult result, Histogram times) {
        return switch (one.name().toLowerCase(Locale.ROOT)) {
            case "min" -> times.getMinValue();
            case "mean" -> times.getMean();
            case "max" -> times.getMaxValue();
            case "errors" -> result.errorCount();
            case "rate" -> one.row().isEmpty() ? result.rate() : result.rate(one.row());
            case "count" -> times.getTotalCount();
            case "sent" -> result.sent();
            case "received" -> result.received();
            case "connected" -> result.connected();
            case "missing" -> result.missing();
            default -> times.getValueAtPercentile(Double.parseDouble(one.name().substring(1)));
        };
    }
}
