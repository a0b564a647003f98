package dev.sockeye.cli.load.report;

import dev.sockeye.cli.load.plan.LoadPlan;
import dev.sockeye.cli.load.plan.Scenario;
import dev.sockeye.cli.load.plan.Script;
import dev.sockeye.cli.load.plan.Units;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.HdrHistogram.Histogram;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** The results of a run as a human-readable table and as JSON. */
public final class Summary {
    private static final double[] PERCENTILES = {50, 90, 99, 99.9, 99.99};

    private final LoadResult result;
    private final LoadPlan plan;
    private final List<Assertions.Verdict> verdicts;

    public Summary(LoadResult result, List<Assertions.Verdict> verdicts) {
        this.result = result;
        this.plan = result.plan();
        this.verdicts = verdicts;
    }

    /** A short description of the settings. */
    static String settings(LoadPlan plan) {
        List<String> parts = new ArrayList<>();
        parts.add(plan.target().origin() + String.join(",", plan.namespaces()));
        parts.add(transport(plan));
        Script script = plan.script();
        if (script != null) {
            parts.add("up to " + Units.count(plan.mostUsers()) + " users, " + Units.length(script.length()));
            return String.join(" · ", parts);
        }
        parts.add(Units.count(plan.connections()) + " connections");
        if (plan.scenario() == Scenario.ROOMS) {
            parts.add(Units.count(plan.rooms()) + " rooms");
        }
        if (plan.scenario() != Scenario.CONNECT) {
            parts.add(
                    plan.openLoop()
                            ? "open loop, " + Units.rate(plan.rate()) + " messages/s"
                            : "closed loop, " + plan.outstanding() + " outstanding");
            parts.add(Units.size(plan.payload()) + (plan.binary() ? " binary" : ""));
        }
        return String.join(" · ", parts);
    }

    static String transport(LoadPlan plan) {
        var transports = plan.options().transports();
        return transports.size() > 1
                ? "polling, then websocket"
                : transports.get(0).text();
    }

    /** A sentence that describes the measurement. */
    String measured() {
        String open = Units.count(result.opened()) + " connections opened";
        if (plan.script() == null) {
            open += String.format(Locale.ROOT, " in %.1f s", result.openSeconds());
        }
        boolean connectOnly = plan.script() == null && plan.scenario() == Scenario.CONNECT;
        if (result.opened() == 0) {
            return "no connection could be opened";
        }
        String measure = String.format(
                Locale.ROOT,
                connectOnly ? "; %d connected at the end of %.1f s" : "; measured for %2$.1f s",
                result.connected(),
                result.seconds());
        String warmup = plan.script() == null && !connectOnly && !plan.warmup().isZero()
                ? " after " + Units.length(plan.warmup()) + " of warm-up"
                : "";
        return open + measure + warmup + (result.interrupted() ? " (interrupted)" : "");
    }

    /** Warnings about the reliability of the results; empty if there are none. */
    List<String> remarks() {
        List<String> remarks = new ArrayList<>();
        if (result.saturated()) {
            remarks.add(String.format(
                    Locale.ROOT,
                    "the load tester itself was busy for %.0f %% of the time: the latencies include its own delays, and the"
                            + " rate may be its limit. Use --threads, or several machines",
                    result.busy() * 100));
        }
        if (plan.script() == null
                && result.opened() > plan.ramp()
                && result.opened() < 0.7 * plan.ramp() * result.openSeconds()) {
            remarks.add(String.format(
                    Locale.ROOT,
                    "%,.0f connections per second were requested (--ramp) and %,.0f opened: connect times are measured from the"
                            + " time at which each was due, so they include the wait. Use a lower --ramp to see the time of one connect",
                    plan.ramp(),
                    result.opened() / result.openSeconds()));
        }
        if (plan.script() == null && held() > 1.5 * plan.duration().toNanos() / 1e9 + 1) {
            remarks.add(
                    "the measurement took longer than planned: this process was stopped in between, or the machine is"
                            + " overloaded. Do not trust the latencies");
        }
        if (plan.script() == null && !plan.openLoop() && plan.scenario() != Scenario.CONNECT) {
            remarks.add("closed loop: each user waits for its answer before it sends again, so a slow server receives"
                    + " fewer messages. To see latencies at a given load, use --rate");
        }
        return remarks;
    }

    /** How long the measurement ran with all connections open. */
    private double held() {
        return plan.scenario() == Scenario.CONNECT ? result.seconds() - result.openSeconds() : result.seconds();
    }

    public String table() {
        StringBuilder text = new StringBuilder();
        text.append(plan.name())
                .append(" · ")
                .append(settings(plan))
                .append('\n')
                .append(measured())
                .append("\n\n");
        List<String[]> rows = new ArrayList<>();
        rows.add(new String[] {"", "count", "rate/s", "min", "p50", "p90", "p99", "p99.9", "p99.99", "max"});
        result.totals().forEach((label, times) -> rows.add(row(label, times)));
        if (rows.size() > 1) {
            align(rows, text);
        } else {
            text.append("nothing was measured\n");
        }
        text.append('\n')
                .append("errors ")
                .append(Units.count(result.errorCount()))
                .append('\n');
        result.errors().forEach((kind, fault) -> {
            text.append("  ").append(Units.count(fault.count())).append(" × ").append(kind);
            if (!fault.example().isEmpty() && !kind.contains(fault.example())) {
                text.append(" (").append(fault.example()).append(')');
            }
            text.append('\n');
        });
        for (Assertions.Verdict verdict : verdicts) {
            text.append(verdict.passed() ? "passed  " : "FAILED  ")
                    .append(verdict.assertion())
                    .append("  was ")
                    .append(verdict.actual())
                    .append('\n');
        }
        for (String remark : remarks()) {
            text.append("note: ").append(remark).append('\n');
        }
        return text.toString();
    }

    private String[] row(String label, Histogram times) {
        String[] row = new String[5 + PERCENTILES.length];
        row[0] = label;
        row[1] = Units.count(times.getTotalCount());
        row[2] = Units.rate(result.rate(label));
        row[3] = Units.time(times.getMinValue());
        for (int i = 0; i < PERCENTILES.length; i++) {
            row[4 + i] = Units.time(times.getValueAtPercentile(PERCENTILES[i]));
        }
        row[row.length - 1] = Units.time(times.getMaxValue());
        return row;
    }

    private static void align(List<String[]> rows, StringBuilder text) {
        int columns = rows.get(0).length;
        int[] widths = new int[columns];
        for (String[] row : rows) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], row[i].length());
            }
        }
        for (String[] row : rows) {
            for (int i = 0; i < columns; i++) {
                String space = " ".repeat(widths[i] - row[i].length());
                text.append(i == 0 ? row[i] + space : "   " + space + row[i]);
            }
            text.append('\n');
        }
    }

    /** The results as JSON, with times in milliseconds. */
    public String json() {
        Map<String, Object> root = new LinkedHashMap<>();
        root.put("scenario", plan.name());
        root.put("url", plan.target().origin());
        root.put("namespaces", plan.namespaces());
        root.put("transport", transport(plan));
        root.put("start", result.start().toString());
        if (plan.script() == null) {
            root.put("connections", plan.connections());
            if (plan.scenario() != Scenario.CONNECT) {
                root.put("payloadBytes", plan.payload());
                root.put("binary", plan.binary());
                root.put("loop", plan.openLoop() ? "open" : "closed");
                root.put(
                        plan.openLoop() ? "scheduledRate" : "outstanding",
                        plan.openLoop() ? (Object) plan.rate() : (Object) plan.outstanding());
            }
        }
        root.put("opened", result.opened());
        root.put("connected", result.connected());
        root.put("openSeconds", round(result.openSeconds()));
        root.put("measuredSeconds", round(result.seconds()));
        root.put("interrupted", result.interrupted());
        root.put("sent", result.sent());
        root.put("received", result.received());
        root.put("missing", result.missing());
        root.put("rate", round(result.rate()));
        Map<String, Object> times = new LinkedHashMap<>();
        result.totals().forEach((label, histogram) -> times.put(label, times(label, histogram)));
        root.put("timesMs", times);
        root.put("errorCount", result.errorCount());
        Map<String, Object> errors = new LinkedHashMap<>();
        result.errors()
                .forEach((kind, fault) -> errors.put(kind, Map.of("count", fault.count(), "example", fault.example())));
        root.put("errors", errors);
        List<Object> asserted = new ArrayList<>();
        for (Assertions.Verdict verdict : verdicts) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("assertion", verdict.assertion());
            one.put("passed", verdict.passed());
            one.put("actual", verdict.actual());
            asserted.add(one);
        }
        root.put("assertions", asserted);
        root.put("testerBusy", round(result.busy()));
        root.put("remarks", remarks());
        List<Object> samples = new ArrayList<>();
        result.samples().forEach(sample -> samples.add(sample(sample)));
        root.put("samples", samples);
        return JsonMapper.builder()
                .enable(SerializationFeature.INDENT_OUTPUT)
                .build()
                .writeValueAsString(root);
    }

    private Map<String, Object> times(String label, Histogram histogram) {
        Map<String, Object> times = new LinkedHashMap<>();
        times.put("count", histogram.getTotalCount());
        times.put("rate", round(result.rate(label)));
        times.put("min", millis(histogram.getMinValue()));
        times.put("mean", millis(histogram.getMean()));
        for (double percentile : new double[] {50, 75, 90, 95, 99, 99.9, 99.99}) {
            String name = percentile == Math.rint(percentile) ? String.valueOf((int) percentile) : percentile + "";
            times.put("p" + name, millis(histogram.getValueAtPercentile(percentile)));
        }
        times.put("max", millis(histogram.getMaxValue()));
        return times;
    }

    private static Map<String, Object> sample(Sample sample) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("at", round(sample.at()));
        map.put("connected", sample.connected());
        map.put("opening", sample.opening());
        map.put("sent", round(sample.sent()));
        map.put("received", round(sample.received()));
        map.put("errors", sample.errorCount());
        map.put("testerBusy", round(sample.busy()));
        Map<String, Object> times = new LinkedHashMap<>();
        sample.times()
                .forEach((label, value) -> times.put(
                        label,
                        Map.of(
                                "count", value.count(),
                                "p50", millis(value.p50()),
                                "p90", millis(value.p90()),
                                "p99", millis(value.p99()),
                                "max", millis(value.max()))));
        map.put("timesMs", times);
        return map;
    }

    private static double millis(double nanos) {
        return Math.round(nanos / 1e3) / 1e3;
    }

    private static double millis(long nanos) {
        return millis((double) nanos);
    }

    private static double round(double value) {
        return Math.round(value * 1e3) / 1e3;
    }
}
