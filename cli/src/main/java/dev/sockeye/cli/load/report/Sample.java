package dev.sockeye.cli.load.report;

import java.util.Map;

/**
 * The figures of about one second.
 *
 * @param at seconds since the start
 * @param sent messages per second
 * @param received answers or deliveries per second
 * @param times latencies by kind of action
 * @param errors by kind, since the start
 * @param busy the load of the busiest thread of the tester, as a fraction of one core
 */
public record Sample(
        double at,
        int connected,
        int opening,
        double sent,
        double received,
        Map<String, Times> times,
        Map<String, Long> errors,
        double busy) {

    /** Latencies in nanoseconds. */
    public record Times(long count, long p50, long p90, long p99, long max) {}

    long errorCount() {
        return errors.values().stream().mapToLong(Long::longValue).sum();
    }
}
