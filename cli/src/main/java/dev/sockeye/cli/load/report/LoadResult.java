package dev.sockeye.cli.load.report;

import dev.sockeye.cli.load.plan.LoadPlan;
import dev.sockeye.cli.load.plan.Scenario;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * The results of a run.
 *
 * @param measureFrom seconds from the start of the run to the start of the measurement
 * @param seconds the duration of the measurement
 * @param openSeconds how long it took to open the connections
 * @param totals latencies in nanoseconds by kind of action, during the measurement
 * @param counts how often each action ended during the measurement; the totals also contain those that ended afterwards, while
 *     the run waited for outstanding answers
 * @param errors by kind, with an example
 * @param sent messages sent during the measurement
 * @param received answers or deliveries during the measurement
 * @param missing deliveries that never arrived
 * @param busy the average load of the busiest thread of the tester during the measurement, as a fraction of one core
 * @param interrupted whether the run was ended early
 */
public record LoadResult(
        LoadPlan plan,
        Instant start,
        double measureFrom,
        double seconds,
        double openSeconds,
        List<Sample> samples,
        Map<String, Histogram> totals,
        Map<String, Long> counts,
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

    /** Answers or deliveries per second; for connect: opened connections per second. */
    double rate() {
        if (plan.script() == null && plan.scenario() == Scenario.CONNECT) {
            return openSeconds > 0 ? opened / openSeconds : 0;
        }
        return seconds > 0 ? received / seconds : 0;
    }

    /** How often an action was performed per second. */
    double rate(String label) {
        Histogram times = totals.get(label);
        if (times == null) {
            return 0;
        }
        boolean opening = label.equals(Metrics.CONNECT) && plan.script() == null;
        double over = opening ? openSeconds : seconds;
        long count = opening ? times.getTotalCount() : counts.getOrDefault(label, 0L);
        return over > 0 ? count / over : 0;
    }

    /** The latencies of the most important row; empty if nothing was received. */
    Histogram main() {
        Histogram times = totals.get(plan.label());
        return times == null ? new Histogram(3) : times;
    }

    /** Whether there is a result: the main row of a scenario, or any row of a script. */
    public boolean measured() {
        return plan.script() == null ? main().getTotalCount() > 0 : !totals.isEmpty();
    }

    /** Whether the tester itself was so busy that its own delays affect the latencies. */
    boolean saturated() {
        return busy > 0.9;
    }
}
