package dev.sockeye.cli.load.report;

import dev.sockeye.cli.load.plan.LoadPlan;
import dev.sockeye.cli.load.plan.Units;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Shows the progress of a run: on a terminal a few lines that are updated in place, otherwise one line every five seconds. */
public final class Progress {
    private static final int BAR = 30;
    private static final int ERRORS_SHOWN = 5;
    private static final double QUIET_SECONDS = 5;

    private final PrintStream out;
    private final boolean live;
    private final boolean quiet;
    private final boolean colours;
    private final int width;
    private int shown;
    private double lastLine;
    private @Nullable String lastPhase;

    /** @param live whether the output is a terminal that can overwrite lines */
    public Progress(PrintStream out, boolean live, int width, boolean quiet) {
        this(out, live, width, quiet, true);
    }

    /** @param colours whether the lines may have colours */
    public Progress(PrintStream out, boolean live, int width, boolean quiet, boolean colours) {
        this.colours = colours;
        this.out = out;
        this.live = live;
        this.width = Math.max(40, width);
        this.quiet = quiet;
    }

    /**
     * Shows the progress of a phase.
     *
     * @param seconds since the start of the run
     * @param part the completed fraction of the phase, 0 to 1
     * @param of what the phase waits for, as shown to the user
     */
    public void show(String phase, double part, String of, double seconds, @Nullable Sample sample, LoadPlan plan) {
        if (quiet) {
            return;
        }
        if (live) {
            redraw(lines(phase, part, of, sample, plan));
        } else if (!phase.equals(lastPhase) || seconds - lastLine >= QUIET_SECONDS) {
            lastLine = seconds;
            lastPhase = phase;
            out.println(Math.round(seconds) + " s  " + phase + "  " + of + "  " + figures(sample, plan));
            out.flush();
        }
    }

    private List<String> lines(String phase, double part, String of, @Nullable Sample sample, LoadPlan plan) {
        List<String> lines = new ArrayList<>();
        int filled = (int) Math.round(Math.max(0, Math.min(1, part)) * BAR);
        lines.add("\u001b[1m" + pad(phase, 10) + "\u001b[0m \u001b[36m" + "█".repeat(filled) + "\u001b[90m"
                + "░".repeat(BAR - filled) + "\u001b[0m " + of);
        lines.add(figures(sample, plan));
        if (sample != null) {
            int rest = 0;
            for (Map.Entry<String, Long> error : sample.errors().entrySet()) {
                if (lines.size() < 2 + ERRORS_SHOWN) {
                    lines.add("\u001b[31m" + cut("  " + Units.count(error.getValue()) + " × " + error.getKey())
                            + "\u001b[0m");
                } else {
                    rest++;
                }
            }
            if (rest > 0) {
                lines.add("  and " + rest + " more kinds of errors");
            }
        }
        return lines;
    }

    private String figures(@Nullable Sample sample, LoadPlan plan) {
        if (sample == null) {
            return "";
        }
        StringBuilder text = new StringBuilder("connected ").append(Units.count(sample.connected()));
        if (sample.opening() > 0) {
            text.append(" (opening ").append(Units.count(sample.opening())).append(')');
        }
        text.append("   rate ").append(Units.count(sample.received())).append("/s");
        Sample.Times times = sample.times().get(plan.label());
        if (times == null) {
            times = sample.times().get(Metrics.CONNECT);
        }
        if (times != null) {
            text.append("   p50 ").append(Units.time(times.p50()));
            text.append("   p99 ").append(Units.time(times.p99()));
        }
        text.append("   errors ").append(Units.count(sample.errorCount()));
        return cut(text.toString());
    }

    private String cut(String text) {
        return live && text.length() >= width ? text.substring(0, width - 2) + "…" : text;
    }

    private static String pad(String text, int width) {
        return text + " ".repeat(Math.max(0, width - text.length()));
    }

    private void redraw(List<String> lines) {
        StringBuilder text = new StringBuilder();
        if (shown > 0) {
            text.append("\u001b[").append(shown).append("A\r");
        }
        text.append("\u001b[J");
        for (String line : lines) {
            text.append(line).append('\n');
        }
        shown = lines.size();
        out.print(colours ? text : text.toString().replaceAll("\u001b\\[[0-9;]*m", ""));
        out.flush();
    }

    /** Clears the progress lines so that the table can be printed in their place. */
    public void clear() {
        if (live && !quiet && shown > 0) {
            out.print("\u001b[" + shown + "A\r\u001b[J");
            out.flush();
            shown = 0;
        }
    }
}
