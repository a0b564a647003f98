package dev.sockeye.verification.soak;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Draws samples over time: memory at the top, counts at the bottom. */
final class FootprintChart {
    private static final int WIDTH = 1000;
    private static final int HEIGHT = 360;

    private FootprintChart() {}

    static void draw(List<Footprint> samples, Path file) throws IOException {
        System.setProperty("java.awt.headless", "true");
        double[] minutes =
                samples.stream().mapToDouble(one -> one.seconds() / 60).toArray();
        XYChart memory = chart("memory", "MB");
        add(memory, "heap after a full collection", minutes, values(samples, Footprint::heapMegabytes), 0x2563eb);
        add(memory, "direct memory", minutes, values(samples, Footprint::directMegabytes), 0xd97706);
        add(memory, "resident", minutes, values(samples, Footprint::residentMegabytes), 0x94a3b8);
        XYChart counts = chart("threads and descriptors", "count");
        add(counts, "threads", minutes, values(samples, Footprint::threads), 0x7c3aed);
        add(counts, "descriptors", minutes, values(samples, Footprint::descriptors), 0x0d9488);
        add(counts, "sessions", minutes, values(samples, Footprint::sessions), 0x94a3b8);
        BufferedImage image = new BufferedImage(WIDTH, 2 * HEIGHT, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        memory.paint(graphics, WIDTH, HEIGHT);
        graphics.translate(0, HEIGHT);
        counts.paint(graphics, WIDTH, HEIGHT);
        graphics.dispose();
        ImageIO.write(image, "png", file.toFile());
    }

    private interface Value {
        double of(Footprint footprint);
    }

    private static double[] values(List<Footprint> samples, Value value) {
        return samples.stream().mapToDouble(value::of).toArray();
    }

    private static XYChart chart(String title, String unit) {
        XYChart chart = new XYChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(title)
                .xAxisTitle("minutes")
                .yAxisTitle(unit)
                .build();
        chart.getStyler().setChartBackgroundColor(Color.WHITE);
        chart.getStyler().setYAxisMin(0.0);
        return chart;
    }

    private static void add(XYChart chart, String name, double[] x, double[] y, int colour) {
        var series = chart.addSeries(name, x, y);
        series.setLineColor(new Color(colour));
        series.setMarker(SeriesMarkers.NONE);
    }
}
