package dev.sockeye.cli.load.report;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogWriter;

/** Writes the latencies of each second to an HDR histogram log, with one tag for each kind of action; values in nanoseconds. */
public final class HdrFile implements AutoCloseable {
    private final PrintStream out;
    private final HistogramLogWriter writer;

    public HdrFile(Path path, long startMillis) throws IOException {
        out = new PrintStream(Files.newOutputStream(path), false, StandardCharsets.UTF_8);
        writer = new HistogramLogWriter(out);
        writer.outputComment("[sockeye load; times in nanoseconds, Interval_Max in milliseconds]");
        writer.outputLogFormatVersion();
        writer.outputStartTime(startMillis);
        writer.setBaseTime(startMillis);
        writer.outputLegend();
    }

    public void write(String label, Histogram interval, long fromMillis, long toMillis) {
        interval.setTag(label.replaceAll("[\\s,\"]", "_"));
        interval.setStartTimeStamp(fromMillis);
        interval.setEndTimeStamp(toMillis);
        writer.outputIntervalHistogram(interval);
    }

    /** Whether something could not be written, for example because the disk is full. */
    public boolean failed() {
        return out.checkError();
    }

    @Override
    public void close() {
        out.close();
    }
}
