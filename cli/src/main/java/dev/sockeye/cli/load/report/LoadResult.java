package dev.sockeye.cli.load.report;

import dev.sockeye.cli.load.plan.LoadPlan;
import dev.sockeye.cli.load.plan.Scenario;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * What a run found.
 *
 * @param measureFrom seconds from the start to the beginning of the measurement
 * @param seconds how long was measured
 * @param openSeconds how long it took to open the connections
 * @param totals times in nanoseconds by kind of action, of the measurement
 * @param errors by kind, with an example
 * @param sent messages of the measurement
 * @param received answers or deliveries of the measurement
 * @param missing deliveries that never came
 * @param busy the busiest thread of the tester while measuring, on average, as a part of one core
 * @param interrupted whether it was ended before its time
 */
public record LoadResult(
        LoadPlan plan,
        Instant start,
        double measureFrom,
        double seconds,
        double openSeconds,
        List<Sample> samples,
        Map<String, Histogram> totals,
        Map<String, Fault> errors,
        long opened,
        int connected,
        long sent,
        long received,
        long missing,
        double busy,
        boolean interrupted) {

    /** A kind of error. */
    public record Fault(long count, String example) {}

    long errorCount() {
        return errors.values().stream().mapToLong(Fault::count).sum();
    }

    /** Answers or deliveries in a second; for connect: connections opened in a second. */
    double rate() {
        if (plan.script() == null && plan.scenario() == Scenario.CONNECT) {
            return openSeconds > 0 ? opened / openSeconds : 0;
        }
        return seconds > 0 ? received / seconds : 0;
    }

    /** How often an action was done in a second. */
    double rate(String label) {
        Histogram times = totals.get(label);
        if (times == null) {
            return 0;
        }
        boolean opening = label.equals(Metrics.CONNECT) && plan.script() == null;
        double over = opening ? openSeconds : seconds;
        return over > 0 ? times.getTotalCount() / over : 0;
    }

    /** The times of the row that says most; empty when nothing came. */
    Histogram main() {
        Histogram times = totals.get(plan.label());
        return times == null ? new Histogram(3) : times;
    }

    /** Whether the tester itself had little time left, so that its own delays are in the times. */
    boolean saturated() {
        return busy > 0.9;
    }
}
