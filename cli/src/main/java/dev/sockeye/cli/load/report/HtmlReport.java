package dev.sockeye.cli.load.report;

import dev.sockeye.cli.load.plan.LoadPlan;
import dev.sockeye.cli.load.plan.Scenario;
import dev.sockeye.cli.load.plan.Script;
import dev.sockeye.cli.load.plan.Units;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;

/** The results of a run as one self-contained HTML page without scripts. */
public final class HtmlReport {
    private static final String STYLE = """
            :root{color-scheme:light dark;--bg:#f6f7f9;--card:#fff;--ink:#1c2430;--soft:#5c6878;--line:#e2e6ec;
            --s1:#2563eb;--s2:#0d9488;--s3:#d97706;--s4:#dc2626;--s5:#7c3aed;--s6:#64748b;--good:#15803d;--bad:#b91c1c}
            @media (prefers-color-scheme:dark){:root{--bg:#12161c;--card:#1b212a;--ink:#e6eaf0;--soft:#98a4b3;--line:#2c3541;
            --s1:#60a5fa;--s2:#2dd4bf;--s3:#fbbf24;--s4:#f87171;--s5:#a78bfa;--s6:#94a3b8;--good:#4ade80;--bad:#f87171}}
            *{box-sizing:border-box}
            body{margin:0;background:var(--bg);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
            main{max-width:1240px;margin:0 auto;padding:28px 20px 60px}
            h1{font-size:24px;margin:0 0 2px}h2{font-size:16px;margin:0 0 8px}
            .sub{color:var(--soft);margin:0}
            .cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:12px;margin:20px 0}
            .card,section{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:14px 16px}
            .card b{display:block;font-size:24px;font-weight:650;line-height:1.25;font-variant-numeric:tabular-nums}
            .card span{color:var(--soft);font-size:13px}
            .good{color:var(--good)}.bad{color:var(--bad)}
            .grid2{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,520px),1fr));gap:12px}
            section{margin-bottom:12px;overflow-x:auto}.grid2 section{margin:0}
            .grid2{margin-bottom:12px}
            table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
            th,td{text-align:right;padding:5px 10px;border-bottom:1px solid var(--line);white-space:nowrap}
            th:first-child,td:first-child{text-align:left}th{color:var(--soft);font-weight:500;font-size:13px}
            td.wrap{white-space:normal;text-align:left;color:var(--soft)}
            tr:last-child td{border-bottom:0}
            svg{width:100%;height:auto;display:block}
            .grid{stroke:var(--line);stroke-width:1}.tick,.marktext{fill:var(--soft);font-size:11px}
            .mark{stroke:var(--soft);stroke-dasharray:3 3}
            polyline{fill:none;stroke-width:1.8;stroke-linejoin:round}
            .l1{stroke:var(--s1)}.l2{stroke:var(--s2)}.l3{stroke:var(--s3)}.l4{stroke:var(--s4)}.l5{stroke:var(--s5)}.l6{stroke:var(--s6)}
            polygon{opacity:.14}.f1{fill:var(--s1)}.f2{fill:var(--s2)}.f3{fill:var(--s3)}.f4{fill:var(--s4)}.f5{fill:var(--s5)}.f6{fill:var(--s6)}
            circle{opacity:0}circle:hover{opacity:.9}circle[r="3"]{opacity:1}
            .h1{fill:var(--s1)}.h2{fill:var(--s2)}.h3{fill:var(--s3)}.h4{fill:var(--s4)}.h5{fill:var(--s5)}.h6{fill:var(--s6)}
            .legend{margin:4px 0 0;font-size:13px;color:var(--soft)}.legend span{margin-right:14px}
            .legend i{display:inline-block;width:12px;height:3px;border-radius:2px;vertical-align:middle;margin-right:5px}
            .c1{background:var(--s1)}.c2{background:var(--s2)}.c3{background:var(--s3)}.c4{background:var(--s4)}.c5{background:var(--s5)}.c6{background:var(--s6)}
            .note{border-left:3px solid var(--s3);padding:2px 0 2px 12px;margin:0 0 12px;color:var(--soft)}
            footer{color:var(--soft);font-size:13px}
            @media print{body{background:#fff}section,.card{break-inside:avoid}}
            """;

    private final LoadResult result;
    private final LoadPlan plan;
    private final List<Assertions.Verdict> verdicts;
    private final Summary summary;
    private final String version;
    private final StringBuilder out = new StringBuilder();

    public HtmlReport(LoadResult result, List<Assertions.Verdict> verdicts, String version) {
        this.result = result;
        this.plan = result.plan();
        this.verdicts = verdicts;
        this.summary = new Summary(result, verdicts);
        this.version = version;
    }

    public String html() {
        String title = "Load of " + plan.target().origin() + ": " + plan.name();
        out.append("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
                .append("<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n<title>")
                .append(Chart.escape(title))
                .append("</title>\n<style>\n")
                .append(STYLE)
                .append("</style>\n</head>\n<body>\n<main>\n<h1>")
                .append(Chart.escape(title))
                .append("</h1>\n");
        String when = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss 'UTC'", Locale.ROOT)
                .withZone(ZoneOffset.UTC)
                .format(result.start());
        paragraph("sub", Summary.settings(plan));
        paragraph("sub", when + " · " + summary.measured());
        cards();
        summary.remarks().forEach(remark -> paragraph("note", remark));
        verdicts();
        times();
        out.append("<div class=\"grid2\">\n");
        section("Latency over time", latency());
        section("Rate over time", rate());
        section("Latency distribution", percentiles());
        section("Latency frequency", frequency());
        section("Connections", connections());
        section("Errors", errors());
        if (plan.script() != null) {
            section("p99 by step", steps());
        }
        section("Busiest thread of the load tester", busy());
        out.append("</div>\n");
        faults();
        out.append("<footer>Made by ")
                .append(Chart.escape(version))
                .append(" load on Java ")
                .append(Runtime.version().feature())
                .append(", ")
                .append(Chart.escape(System.getProperty("os.name", "") + " " + System.getProperty("os.arch", "")))
                .append(
                        ". Latencies are recorded in nanoseconds with three significant digits. Hover over a line to see its values.</footer>\n")
                .append("</main>\n</body>\n</html>\n");
        return out.toString();
    }

    private void paragraph(String kind, String text) {
        out.append("<p class=\"")
                .append(kind)
                .append("\">")
                .append(Chart.escape(text))
                .append("</p>\n");
    }

    private void card(String value, String name, String kind) {
        out.append("<div class=\"card\"><b class=\"")
                .append(kind)
                .append("\">")
                .append(Chart.escape(value))
                .append("</b><span>")
                .append(Chart.escape(name))
                .append("</span></div>\n");
    }

    private void cards() {
        Histogram main = result.main();
        boolean any = main.getTotalCount() > 0;
        boolean connect = plan.script() == null && plan.scenario() == Scenario.CONNECT;
        out.append("<div class=\"cards\">\n");
        card(Units.count(result.connected()), "connected", "");
        card(Units.rate(result.rate()) + "/s", connect ? "connections opened" : "answers or deliveries", "");
        card(any ? Units.time(main.getValueAtPercentile(50)) : "–", "p50 " + plan.label(), "");
        card(any ? Units.time(main.getValueAtPercentile(99)) : "–", "p99 " + plan.label(), "");
        card(any ? Units.time(main.getMaxValue()) : "–", "max " + plan.label(), "");
        card(Units.count(result.errorCount()), "errors", result.errorCount() == 0 ? "good" : "bad");
        if (!verdicts.isEmpty()) {
            long passed = verdicts.stream().filter(Assertions.Verdict::passed).count();
            card(passed + " of " + verdicts.size(), "assertions passed", passed == verdicts.size() ? "good" : "bad");
        }
        out.append("</div>\n");
    }

    private void verdicts() {
        if (verdicts.isEmpty()) {
            return;
        }
        out.append("<section><h2>Assertions</h2><table><tr><th>expected</th><th>actual</th><th></th></tr>\n");
        for (Assertions.Verdict verdict : verdicts) {
            out.append("<tr><td>")
                    .append(Chart.escape(verdict.assertion()))
                    .append("</td><td>")
                    .append(Chart.escape(verdict.actual()))
                    .append(verdict.passed() ? "</td><td class=\"good\">passed" : "</td><td class=\"bad\">failed")
                    .append("</td></tr>\n");
        }
        out.append("</table></section>\n");
    }

    private void times() {
        out.append("<section><h2>Times</h2><table><tr><th></th><th>count</th><th>rate/s</th><th>min</th><th>mean</th>")
                .append("<th>p50</th><th>p90</th><th>p99</th><th>p99.9</th><th>p99.99</th><th>max</th></tr>\n");
        result.totals().forEach((label, times) -> {
            out.append("<tr><td>").append(Chart.escape(label));
            for (String cell : List.of(
                    Units.count(times.getTotalCount()),
                    Units.rate(result.rate(label)),
                    Units.time(times.getMinValue()),
                    Units.time(times.getMean()),
                    Units.time(times.getValueAtPercentile(50)),
                    Units.time(times.getValueAtPercentile(90)),
                    Units.time(times.getValueAtPercentile(99)),
                    Units.time(times.getValueAtPercentile(99.9)),
                    Units.time(times.getValueAtPercentile(99.99)),
                    Units.time(times.getMaxValue()))) {
                out.append("</td><td>").append(cell);
            }
            out.append("</td></tr>\n");
        });
        out.append("</table></section>\n");
    }

    private void section(String title, Chart chart) {
        out.append("<section><h2>").append(Chart.escape(title)).append("</h2>\n");
        if (chart.isEmpty()) {
            paragraph("sub", "nothing to show");
        } else {
            out.append(chart.svg()).append(chart.legend());
        }
        out.append("</section>\n");
    }

    private Chart overTime(String title, java.util.function.DoubleFunction<String> yText, boolean logarithmic) {
        Chart chart = new Chart(title, at -> Units.rate(at) + " s", yText, logarithmic);
        if (plan.script() == null && plan.scenario() != Scenario.CONNECT && result.measureFrom() > 0) {
            chart.mark(result.measureFrom(), "measured from here");
        }
        return chart;
    }

    private double[] at(List<Sample> samples) {
        return samples.stream().mapToDouble(Sample::at).toArray();
    }

    private static double[] values(List<Sample> samples, ToDoubleFunction<Sample> value) {
        return samples.stream().mapToDouble(value).toArray();
    }

    private List<Sample> with(String label) {
        return result.samples().stream()
                .filter(sample -> sample.times().containsKey(label))
                .toList();
    }

    private static Sample.Times times(Sample sample, String label) {
        return sample.times().getOrDefault(label, new Sample.Times(0, 0, 0, 0, 0));
    }

    private Chart latency() {
        String label = plan.label();
        List<Sample> samples = with(label);
        return overTime("latency of " + label + " over time", Units::time, true)
                .line(
                        "max",
                        6,
                        at(samples),
                        values(samples, sample -> times(sample, label).max()))
                .line(
                        "p99",
                        4,
                        at(samples),
                        values(samples, sample -> times(sample, label).p99()))
                .line(
                        "p90",
                        3,
                        at(samples),
                        values(samples, sample -> times(sample, label).p90()))
                .line(
                        "p50",
                        1,
                        at(samples),
                        values(samples, sample -> times(sample, label).p50()));
    }

    private Chart rate() {
        List<Sample> all = result.samples();
        if (plan.script() == null && plan.scenario() == Scenario.CONNECT) {
            return overTime("connections opened per second", Units::rate, false)
                    .area(
                            "opened per second",
                            1,
                            at(all),
                            values(all, sample -> times(sample, Metrics.CONNECT).count()));
        }
        return overTime("messages per second", Units::rate, false)
                .area("answers or deliveries per second", 2, at(all), values(all, Sample::received))
                .line("sent per second", 1, at(all), values(all, Sample::sent));
    }

    private Chart connections() {
        List<Sample> all = result.samples();
        return overTime("connections over time", Units::count, false)
                .whole()
                .area("connected", 1, at(all), values(all, Sample::connected))
                .line("opening", 3, at(all), values(all, Sample::opening));
    }

    private Chart errors() {
        List<Sample> all = result.samples();
        Chart chart = overTime("errors since the start", Units::count, false).whole();
        int colour = 0;
        for (Map.Entry<String, LoadResult.Fault> fault : result.errors().entrySet()) {
            if (colour < 6) {
                chart.line(
                        fault.getKey(),
                        1 + (3 + colour++) % 6,
                        at(all),
                        values(all, sample -> sample.errors().getOrDefault(fault.getKey(), 0L)));
            }
        }
        return result.errors().isEmpty() ? chart.line("none", 6, at(all), new double[all.size()]) : chart;
    }

    private Chart busy() {
        List<Sample> all = result.samples();
        return overTime("CPU of the load tester", part -> Units.count(part * 100) + " %", false)
                .area("of one core", 5, at(all), values(all, Sample::busy));
    }

    private Chart steps() {
        Chart chart = overTime("p99 of each step", Units::time, true);
        int colour = 0;
        for (String label : new TreeSet<>(result.totals().keySet())) {
            if (!label.equals(Script.ALL) && colour < 6) {
                List<Sample> samples = with(label);
                chart.line(
                        label,
                        ++colour,
                        at(samples),
                        values(samples, sample -> times(sample, label).p99()));
            }
        }
        return chart;
    }

    /** Latency by percentile; each additional nine has the same width on the axis. */
    private Chart percentiles() {
        Chart chart = new Chart(
                "latency by percentile",
                nines -> Units.trim(100 - 100 / Math.pow(10, nines)) + " %",
                Units::time,
                true);
        int colour = 0;
        for (Map.Entry<String, Histogram> row : rows()) {
            Histogram times = row.getValue();
            List<double[]> points = new ArrayList<>();
            double most = Math.log10(Math.max(10.0, (double) times.getTotalCount()));
            for (double nines = 0; nines <= most; nines += 0.05) {
                double percentile = 100 - 100 / Math.pow(10, nines);
                points.add(new double[] {nines, times.getValueAtPercentile(percentile)});
            }
            chart.line(row.getKey(), 1 + colour++ % 6, column(points, 0), column(points, 1));
        }
        return chart.xTicks(0, Math.log10(2), 1, 2, 3, 4, 5, 6).xTitle("percentile");
    }

    private Chart frequency() {
        Chart chart = new Chart("frequency of latencies", log -> Units.time(Math.pow(10, log)), Units::count, false);
        int colour = 0;
        for (Map.Entry<String, Histogram> row : rows()) {
            List<double[]> points = new ArrayList<>();
            for (HistogramIterationValue bucket : row.getValue().logarithmicBucketValues(1000, 1.15)) {
                if (bucket.getValueIteratedTo() > 0) {
                    points.add(new double[] {
                        Math.log10((double) bucket.getValueIteratedTo()),
                        (double) bucket.getCountAddedInThisIterationStep()
                    });
                }
            }
            int first = 0;
            while (first < points.size() - 1 && points.get(first + 1)[1] == 0) {
                first++;
            }
            List<double[]> used = points.subList(first, points.size());
            chart.area(row.getKey(), 1 + colour++ % 6, column(used, 0), column(used, 1));
        }
        return chart.xTicks(3, 4, 5, 6, 7, 8, 9, 10).xTitle("latency");
    }

    /** The rows to draw: the six most frequent ones; the total only if it is the only row. */
    private List<Map.Entry<String, Histogram>> rows() {
        Function<Map.Entry<String, Histogram>, Long> count =
                entry -> -entry.getValue().getTotalCount();
        boolean connectOnly = result.totals().size() == 1;
        return result.totals().entrySet().stream()
                .filter(entry -> !entry.getKey().equals(Script.ALL)
                        && (connectOnly || !entry.getKey().equals(Metrics.CONNECT)))
                .sorted(java.util.Comparator.comparing(count))
                .limit(6)
                .toList();
    }

    private static double[] column(List<double[]> points, int index) {
        return points.stream().mapToDouble(point -> point[index]).toArray();
    }

    private void faults() {
        if (result.errors().isEmpty()) {
            return;
        }
        out.append("<section><h2>Errors by kind</h2><table><tr><th>kind</th><th>count</th>")
                .append("<th style=\"text-align:left\">first message</th></tr>\n");
        result.errors()
                .forEach((kind, fault) -> out.append("<tr><td>")
                        .append(Chart.escape(kind))
                        .append("</td><td>")
                        .append(Units.count(fault.count()))
                        .append("</td><td class=\"wrap\">")
                        .append(Chart.escape(fault.example()))
                        .append("</td></tr>\n"));
        out.append("</table></section>\n");
    }
}
