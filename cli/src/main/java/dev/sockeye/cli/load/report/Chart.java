package dev.sockeye.cli.load.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleFunction;

/** A line chart as SVG, drawn with the colours of the surrounding page. */
public final class Chart {
    private static final int WIDTH = 760;
    private static final int HEIGHT = 260;
    private static final int LEFT = 66;
    private static final int RIGHT = 14;
    private static final int TOP = 12;
    private static final int BOTTOM = 34;
    private static final int MOST_POINTS = 600;

    private final String label;
    private final DoubleFunction<String> xText;
    private final DoubleFunction<String> yText;
    private final boolean logarithmic;
    private final List<Series> series = new ArrayList<>();
    private final List<Mark> marks = new ArrayList<>();
    private final List<Double> xTicks = new ArrayList<>();
    private String xTitle = "";
    private double leastStep;

    /** @param colour 1 to 6; {@code fill} also paints the area below */
    private record Series(String name, int colour, double[] x, double[] y, boolean fill) {}

    private record Mark(double x, String text) {}

    /** @param label a description of the chart for screen readers */
    Chart(String label, DoubleFunction<String> xText, DoubleFunction<String> yText, boolean logarithmic) {
        this.label = label;
        this.xText = xText;
        this.yText = yText;
        this.logarithmic = logarithmic;
    }

    Chart line(String name, int colour, double[] x, double[] y) {
        series.add(thin(new Series(name, colour, x, y, false)));
        return this;
    }

    Chart area(String name, int colour, double[] x, double[] y) {
        series.add(thin(new Series(name, colour, x, y, true)));
        return this;
    }

    /** Adds a vertical line with a label. */
    Chart mark(double x, String text) {
        marks.add(new Mark(x, text));
        return this;
    }

    /** Sets the positions of the numbers on the x axis; by default they are evenly spaced. */
    Chart xTicks(double... ticks) {
        for (double tick : ticks) {
            xTicks.add(tick);
        }
        return this;
    }

    Chart xTitle(String text) {
        xTitle = text;
        return this;
    }

    /** Restricts the y axis to integers. */
    Chart whole() {
        leastStep = 1;
        return this;
    }

    boolean isEmpty() {
        return series.stream().allMatch(each -> each.x().length == 0);
    }

    /** Reduces a long series: keeps the largest of neighbouring values, so that no peak is lost. */
    private static Series thin(Series all) {
        int length = all.x().length;
        if (length <= MOST_POINTS) {
            return all;
        }
        double[] x = new double[MOST_POINTS];
        double[] y = new double[MOST_POINTS];
        for (int i = 0; i < MOST_POINTS; i++) {
            int from = (int) ((long) i * length / MOST_POINTS);
            int to = (int) ((long) (i + 1) * length / MOST_POINTS);
            x[i] = all.x()[from];
            y[i] = all.y()[from];
            for (int j = from; j < to; j++) {
                y[i] = Math.max(y[i], all.y()[j]);
            }
        }
        return new Series(all.name(), all.colour(), x, y, all.fill());
    }

    String svg() {
        double xLow = Double.MAX_VALUE;
        double xHigh = -Double.MAX_VALUE;
        double yLow = Double.MAX_VALUE;
        double yHigh = 0;
        for (Series each : series) {
            for (int i = 0; i < each.x().length; i++) {
                xLow = Math.min(xLow, each.x()[i]);
                xHigh = Math.max(xHigh, each.x()[i]);
                if (!logarithmic || each.y()[i] > 0) {
                    yLow = Math.min(yLow, each.y()[i]);
                }
                yHigh = Math.max(yHigh, each.y()[i]);
            }
        }
        if (xHigh <= xLow) {
            xHigh = xLow + 1;
        }
        if (logarithmic) {
            yLow = yHigh <= 0 ? 1 : yLow; // without a positive value
            yLow = Math.pow(10, Math.floor(Math.log10(Math.max(yLow, 1e-9))));
            yHigh = Math.pow(10, Math.ceil(Math.log10(Math.max(yHigh, yLow * 1.01))));
        } else {
            yLow = 0;
            yHigh = yHigh <= 0 ? 1 : yHigh * 1.05;
        }
        Frame frame = new Frame(xLow, xHigh, yLow, yHigh, logarithmic);
        StringBuilder out = new StringBuilder();
        out.append("<svg viewBox=\"0 0 ")
                .append(WIDTH)
                .append(' ')
                .append(HEIGHT)
                .append("\" role=\"img\" aria-label=\"")
                .append(escape(label))
                .append("\">\n");
        axes(out, frame);
        for (Mark mark : marks) {
            out.append(text(
                            "<line class=\"mark\" x1=\"%1$.1f\" x2=\"%1$.1f\" y1=\"%2$d\" y2=\"%3$d\"/>",
                            frame.x(mark.x()), TOP, HEIGHT - BOTTOM))
                    .append(text(
                            "<text class=\"marktext\" x=\"%.1f\" y=\"%d\">%s</text>%n",
                            frame.x(mark.x()) + 4, TOP + 9, escape(mark.text())));
        }
        for (Series each : series) {
            draw(out, frame, each);
        }
        return out.append("</svg>\n").toString();
    }

    /** The legend as HTML. */
    String legend() {
        StringBuilder out = new StringBuilder("<p class=\"legend\">");
        for (Series each : series) {
            out.append("<span><i class=\"c")
                    .append(each.colour())
                    .append("\"></i>")
                    .append(escape(each.name()))
                    .append("</span>");
        }
        return out.append("</p>\n").toString();
    }

    private record Frame(double xLow, double xHigh, double yLow, double yHigh, boolean logarithmic) {
        double x(double value) {
            return LEFT + (value - xLow) / (xHigh - xLow) * (WIDTH - LEFT - RIGHT);
        }

        double y(double value) {
            double part = logarithmic
                    ? Math.log(Math.max(value, yLow) / yLow) / Math.log(yHigh / yLow)
                    : (value - yLow) / (yHigh - yLow);
            return HEIGHT - BOTTOM - part * (HEIGHT - TOP - BOTTOM);
        }
    }

    private void axes(StringBuilder out, Frame frame) {
        for (double tick : logarithmic ? decades(frame) : even(frame.yLow(), frame.yHigh(), 5, leastStep)) {
            out.append(text(
                            "<line class=\"grid\" x1=\"%1$d\" x2=\"%2$d\" y1=\"%3$.1f\" y2=\"%3$.1f\"/>",
                            LEFT, WIDTH - RIGHT, frame.y(tick)))
                    .append(text(
                            "<text class=\"tick\" x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>%n",
                            LEFT - 6, frame.y(tick) + 4, escape(round(yText.apply(tick)))));
        }
        List<Double> ticks = xTicks.isEmpty() ? even(frame.xLow(), frame.xHigh(), 8, 0) : xTicks;
        for (double tick : ticks) {
            if (tick < frame.xLow() - 1e-9 || tick > frame.xHigh() + 1e-9) {
                continue;
            }
            out.append(text(
                            "<line class=\"grid\" x1=\"%1$.1f\" x2=\"%1$.1f\" y1=\"%2$d\" y2=\"%3$d\"/>",
                            frame.x(tick), TOP, HEIGHT - BOTTOM))
                    .append(text(
                            "<text class=\"tick\" x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>%n",
                            frame.x(tick), HEIGHT - BOTTOM + 15, escape(round(xText.apply(tick)))));
        }
        out.append(text(
                "<text class=\"tick\" x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>%n",
                WIDTH - RIGHT, HEIGHT - 4, escape(xTitle)));
    }

    private static List<Double> decades(Frame frame) {
        List<Double> ticks = new ArrayList<>();
        for (double tick = frame.yLow(); tick <= frame.yHigh() * 1.0001; tick *= 10) {
            ticks.add(tick);
        }
        return ticks;
    }

    /** Round numbers between two values, about as many as requested and at least {@code least} apart. */
    public static List<Double> even(double low, double high, int wanted, double least) {
        double raw = (high - low) / wanted;
        double power = Math.pow(10, Math.floor(Math.log10(raw)));
        double step = power * (raw / power <= 1 ? 1 : raw / power <= 2 ? 2 : raw / power <= 5 ? 5 : 10);
        step = Math.max(step, least);
        List<Double> ticks = new ArrayList<>();
        for (long i = (long) Math.ceil(low / step - 1e-9); i * step <= high + 1e-9; i++) {
            ticks.add(i * step);
        }
        return ticks;
    }

    private void draw(StringBuilder out, Frame frame, Series each) {
        int length = each.x().length;
        if (length == 0) {
            return;
        }
        StringBuilder points = new StringBuilder();
        for (int i = 0; i < length; i++) {
            points.append(text("%.1f,%.1f ", frame.x(each.x()[i]), frame.y(each.y()[i])));
        }
        if (each.fill()) {
            double floor = frame.y(frame.yLow());
            out.append(text(
                    "<polygon class=\"f%d\" points=\"%.1f,%.1f %s%.1f,%.1f\"/>%n",
                    each.colour(), frame.x(each.x()[0]), floor, points, frame.x(each.x()[length - 1]), floor));
        }
        out.append(text(
                "<polyline class=\"l%d\" points=\"%s\"/>%n",
                each.colour(), points.toString().strip()));
        for (int i = 0; i < length; i++) {
            out.append(text(
                    "<circle class=\"h%d\" cx=\"%.1f\" cy=\"%.1f\" r=\"%s\"><title>%s: %s at %s</title></circle>",
                    each.colour(),
                    frame.x(each.x()[i]),
                    frame.y(each.y()[i]),
                    length == 1 ? "3" : "5",
                    escape(each.name()),
                    escape(yText.apply(each.y()[i])),
                    escape(xText.apply(each.x()[i]))));
        }
        out.append('\n');
    }

    private static String text(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }

    /** Removes trailing zeros: 1.00 ms becomes 1 ms. */
    public static String round(String text) {
        return text.replaceFirst("^(\\d+)\\.0+(?= )", "$1");
    }

    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
