package dev.sockeye.verification;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import javax.imageio.ImageIO;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.internal.chartpart.Chart;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Draws the graphs of docs/performance.md from the data files next to them: {@code results.jsonl} (written by the runner of the
 * load tools), {@code times.jsonl} (response times at a fixed rate) and {@code growth.csv} (written by JMH). Missing data is
 * skipped.
 */
@Command(
        name = "graphs",
        mixinStandardHelpOptions = true,
        description = "draws the graphs of docs/performance.md as PNG, and prints the table of the medians")
final class Graphs implements Callable<Integer> {
    private static final int WIDTH = 560;
    private static final int HEIGHT = 320;
    private static final Color[] COLOURS = {
        new Color(0x94a3b8),
        new Color(0x64748b),
        new Color(0xd97706),
        new Color(0x0d9488),
        new Color(0x2563eb),
        new Color(0x7c3aed),
        new Color(0xdc2626),
        new Color(0x65a30d),
        new Color(0xdb2777)
    };

    /** Maps the runner's names of its cases to labels. */
    private static final Map<String, String> CASES = Map.ofEntries(
            Map.entry("echo100w1s32", "echo, 100 conns, 1 outstanding, 32 B"),
            Map.entry("echo1000w8s32", "echo, 1000 conns, 8 outstanding, 32 B"),
            Map.entry("echo100w4s1024", "echo, 100 conns, 4 outstanding, 1 KiB"),
            Map.entry("bcast1000", "broadcast to 1000"),
            Map.entry("bcast10000", "broadcast to 10,000"),
            Map.entry("rooms1000r100", "100 rooms of 10"),
            Map.entry("binary100s1024", "binary echo, 1 KiB"),
            Map.entry("srv_cpu_us_per_connect", "CPU-µs for a connect"),
            Map.entry("heap_bytes_per_conn", "heap bytes for a connection after GC"),
            Map.entry("srv_rss_after_gc_bytes_per_conn", "RSS bytes for a connection after GC"));

    /** The percentiles of response times, and where they are drawn. */
    private static final List<String> TIMES = List.of("lat_p50_us", "lat_p99_us", "lat_p999_us", "lat_p9999_us");

    private static final double[] TIMES_X = {2, 100, 1_000, 10_000};
    private static final int TIMES_AT = 60;

    private static String named(String name) {
        return CASES.getOrDefault(name, name);
    }

    @Parameters(index = "0", defaultValue = "docs/performance", description = "the folder; default docs/performance")
    private Path folder = Path.of("docs/performance");

    private final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);

    @Override
    public Integer call() throws IOException {
        System.setProperty("java.awt.headless", "true");
        int drawn = 0;
        Path results = folder.resolve("results.jsonl");
        if (Files.exists(results)) {
            drawn += messages(Files.readAllLines(results));
        }
        Path growth = folder.resolve("growth.csv");
        if (Files.exists(growth)) {
            drawn += growth(Files.readAllLines(growth));
        }
        Path times = folder.resolve("times.jsonl");
        if (Files.exists(times)) {
            drawn += times(Files.readAllLines(times));
        }
        if (drawn == 0) {
            out.println("no data in " + folder + ": results.jsonl, growth.csv or times.jsonl");
        }
        return drawn == 0 ? 1 : 0;
    }

    /** Figures by case and server, in the order of the runs. */
    private static Map<String, Map<String, List<Double>>> collect(List<String> lines, String... fields) {
        Map<String, Map<String, List<Double>>> cases = new LinkedHashMap<>();
        for (String line : lines) {
            if (line.isBlank()) {
                continue;
            }
            JsonNode run = JsonMapper.shared().readTree(line);
            for (String field : fields) {
                JsonNode value = run.get(field);
                if (value != null && value.isNumber()) {
                    cases.computeIfAbsent(run.get("case").asString(), key -> new LinkedHashMap<>())
                            .computeIfAbsent(run.get("peer").asString(), key -> new ArrayList<>())
                            .add(value.asDouble());
                }
            }
        }
        return cases;
    }

    private static double median(List<Double> values) {
        double[] sorted =
                values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    private int messages(List<String> lines) throws IOException {
        List<String> runs = lines.stream()
                .filter(line -> !line.contains("\"case\": \"connect\""))
                .toList();
        Map<String, Map<String, List<Double>>> cost = collect(runs, "srv_cpu_us_per_msg", "srv_cpu_us_per_delivery");
        List<Chart<?, ?>> charts = new ArrayList<>();
        cost.forEach((name, servers) -> charts.add(bars(named(name), "CPU-µs", servers)));
        table("CPU-µs for a message or delivery", cost);
        List<String> connects =
                lines.stream().filter(line -> !runs.contains(line)).toList();
        for (String field :
                List.of("srv_cpu_us_per_connect", "heap_bytes_per_conn", "srv_rss_after_gc_bytes_per_conn")) {
            Map<String, Map<String, List<Double>>> memory = collect(connects, field);
            memory.forEach((name, servers) -> charts.add(bars(named(field), "", servers)));
            table(named(field), memory);
        }
        if (charts.isEmpty()) {
            return 0;
        }
        save("servers.png", charts);
        return 1;
    }

    private void table(String title, Map<String, Map<String, List<Double>>> cases) {
        if (cases.isEmpty()) {
            return;
        }
        List<String> servers = cases.values().stream()
                .flatMap(each -> each.keySet().stream())
                .distinct()
                .toList();
        out.println("\n| " + title + " | " + String.join(" | ", servers) + " |\n|---" + "|---".repeat(servers.size())
                + "|");
        cases.forEach((name, values) -> {
            StringBuilder row = new StringBuilder("| " + named(name));
            for (String server : servers) {
                List<Double> runs = values.get(server);
                row.append(" | ").append(runs == null ? "-" : number(median(runs)));
            }
            out.println(row.append(" |"));
        });
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, value < 100 ? "%.2f" : "%,.0f", value);
    }

    private static CategoryChart bars(String title, String unit, Map<String, List<Double>> servers) {
        CategoryChart chart = new CategoryChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(title)
                .yAxisTitle(unit)
                .build();
        style(chart.getStyler());
        chart.getStyler().setLegendVisible(false);
        chart.getStyler().setLabelsVisible(true);
        chart.getStyler().setLabelsPosition(0.5);
        boolean small = servers.values().stream().allMatch(runs -> median(runs) < 100);
        chart.getStyler().setDecimalPattern(small ? "0.00" : "#,##0");
        chart.getStyler().setLabelsFont(new Font(Font.SANS_SERIF, Font.PLAIN, 11));
        chart.getStyler().setXAxisLabelRotation(20);
        chart.getStyler().setAvailableSpaceFill(0.6);
        chart.getStyler().setYAxisMin(0.0);
        chart.getStyler()
                .setYAxisMax(servers.values().stream()
                                .mapToDouble(Graphs::median)
                                .max()
                                .orElse(1)
                        * 1.15);
        chart.getStyler().setSeriesColors(new Color[] {COLOURS[4]});
        chart.getStyler().setYAxisDecimalPattern("#,##0.##");
        chart.addSeries(
                "median",
                new ArrayList<>(servers.keySet()),
                servers.values().stream().map(Graphs::median).toList());
        return chart;
    }

    /** How the size and time of an echo grow: one line for each variable. */
    private int growth(List<String> rows) throws IOException {
        List<Chart<?, ?>> charts = new ArrayList<>();
        draw(charts, curves(rows, ":gc.alloc.rate.norm"), "bytes allocated");
        draw(charts, curves(rows, ""), "ns");
        if (charts.isEmpty()) {
            return 0;
        }
        save("growth.png", charts);
        return 1;
    }

    /** Points by name; a row is "Benchmark","Mode",threads,samples,score,error,"Unit",size. */
    private static Map<String, List<double[]>> curves(List<String> rows, String kind) {
        Map<String, List<double[]>> curves = new LinkedHashMap<>();
        for (String row : rows) {
            String[] fields = row.replace("\"", "").split(",", -1);
            String name = fields[0].substring(fields[0].lastIndexOf(".GrowthBenchmark.") + 1);
            if (name.startsWith("GrowthBenchmark.") && fields.length > 7) {
                String bare = name.substring("GrowthBenchmark.".length());
                int colon = bare.indexOf(':');
                if ((colon < 0 ? "" : bare.substring(colon)).equals(kind)) {
                    curves.computeIfAbsent(colon < 0 ? bare : bare.substring(0, colon), key -> new ArrayList<>())
                            .add(new double[] {Double.parseDouble(fields[7]), Double.parseDouble(fields[4])});
                }
            }
        }
        return curves;
    }

    private static void draw(List<Chart<?, ?>> charts, Map<String, List<double[]>> curves, String unit) {
        if (curves.isEmpty()) {
            return;
        }
        XYChart flat = lines("an echo, while another quantity grows", "how many", unit);
        int colour = 0;
        for (Map.Entry<String, List<double[]>> line : curves.entrySet()) {
            if (!line.getKey().equals("payload")) {
                add(flat, line.getKey(), line.getValue(), COLOURS[1 + colour++ % 6]);
            }
        }
        flat.getStyler().setYAxisMin(0.0);
        flat.getStyler()
                .setYAxisMax(curves.entrySet().stream()
                                .filter(each -> !each.getKey().equals("payload"))
                                .flatMap(each -> each.getValue().stream())
                                .mapToDouble(point -> point[1])
                                .max()
                                .orElse(1)
                        * 1.5);
        charts.add(flat);
        List<double[]> payload = curves.get("payload");
        if (payload != null) {
            XYChart linear = lines("an echo, by payload size", "bytes of payload", unit);
            linear.getStyler().setYAxisLogarithmic(true);
            add(linear, "payload", payload, COLOURS[4]);
            charts.add(linear);
        }
    }

    /** Response times by percentile, at 60 percent of the load: one line for each server. */
    private int times(List<String> lines) throws IOException {
        Map<String, XYChart> charts = new LinkedHashMap<>();
        for (String line : lines) {
            JsonNode run = JsonMapper.shared().readTree(line);
            if (run.get("percent").asInt() != TIMES_AT) {
                continue;
            }
            XYChart chart = charts.computeIfAbsent(run.get("case").asString(), name -> {
                XYChart made = lines(name + " at 60 %", "1 / (1 - percentile)", "ms");
                made.getStyler().setYAxisLogarithmic(true);
                made.getStyler().setLegendPosition(Styler.LegendPosition.OutsideE);
                made.getStyler().setLegendLayout(Styler.LegendLayout.Vertical);
                return made;
            });
            List<double[]> points = new ArrayList<>();
            for (int i = 0; i < TIMES.size(); i++) {
                points.add(new double[] {TIMES_X[i], run.get(TIMES.get(i)).asDouble() / 1000});
            }
            add(
                    chart,
                    run.get("peer").asString(),
                    points,
                    COLOURS[chart.getSeriesMap().size() % COLOURS.length]);
        }
        if (charts.isEmpty()) {
            return 0;
        }
        save("times.png", List.copyOf(charts.values()));
        return 1;
    }

    private static XYChart lines(String title, String x, String y) {
        XYChart chart = new XYChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(title)
                .xAxisTitle(x)
                .yAxisTitle(y)
                .build();
        style(chart.getStyler());
        chart.getStyler().setXAxisLogarithmic(true);
        chart.getStyler().setLegendPosition(Styler.LegendPosition.InsideN);
        chart.getStyler().setLegendLayout(Styler.LegendLayout.Horizontal);
        chart.getStyler().setLegendBorderColor(Color.WHITE);
        return chart;
    }

    private static void add(XYChart chart, String name, List<double[]> points, Color colour) {
        double[] x = points.stream().mapToDouble(point -> point[0]).toArray();
        double[] y = points.stream().mapToDouble(point -> point[1]).toArray();
        XYSeries series = chart.addSeries(name, x, y);
        series.setLineColor(colour);
        series.setMarkerColor(colour);
        series.setMarker(SeriesMarkers.CIRCLE);
    }

    private static void style(Styler styler) {
        styler.setChartBackgroundColor(Color.WHITE);
        styler.setChartTitleBoxVisible(false);
        styler.setChartTitleFont(new Font(Font.SANS_SERIF, Font.BOLD, 14));
        styler.setPlotBorderVisible(false);
        styler.setSeriesColors(Arrays.copyOf(COLOURS, COLOURS.length));
    }

    /** Saves several charts as one image, two in a row. */
    private void save(String name, List<Chart<?, ?>> charts) throws IOException {
        int columns = Math.min(2, charts.size());
        int rows = (charts.size() + columns - 1) / columns;
        BufferedImage image = new BufferedImage(columns * WIDTH, rows * HEIGHT, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, image.getWidth(), image.getHeight());
        graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        for (int i = 0; i < charts.size(); i++) {
            Graphics2D part = (Graphics2D) graphics.create(i % columns * WIDTH, i / columns * HEIGHT, WIDTH, HEIGHT);
            charts.get(i).paint(part, WIDTH, HEIGHT);
            part.dispose();
        }
        graphics.dispose();
        Path file = folder.resolve(name);
        ImageIO.write(image, "png", file.toFile());
        out.println("drew " + file);
    }
}
