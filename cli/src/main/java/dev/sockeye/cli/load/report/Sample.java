package dev.sockeye.cli.load.report;

import java.util.Map;

/**
 * The figures of about a second.
 *
 * @param at seconds since the start
 * @param sent messages in a second
 * @param received answers or deliveries in a second
 * @param times by kind of action
 * @param errors by kind, since the start
 * @param busy the busiest thread of the tester, as a part of one core
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

    /** Times in nanoseconds. */
    public record Times(long count, long p50, long p90, long p99, long max) {}

    long errorCount() {
        return errors.values().stream().mapToLong(Long::longValue).sum();
    }
}
