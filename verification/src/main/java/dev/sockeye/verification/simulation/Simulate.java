package dev.sockeye.verification.simulation;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs simulations, one seed after another, and reports failures. */
@Command(
        name = "simulate",
        mixinStandardHelpOptions = true,
        description = {
            "Simulates clusters with all their clients and faults, each run driven by one seed.",
            "A run of one seed is reproducible: inspect a failure with --seed N --trace."
        })
public final class Simulate implements Callable<Integer> {
    private static final long PROGRESS_NANOS = 10_000_000_000L;

    @Option(names = "--seed", description = "the first seed; default: ${DEFAULT-VALUE}", defaultValue = "1")
    private long seed;

    @Option(names = "--runs", description = "number of runs; default: ${DEFAULT-VALUE}", defaultValue = "1")
    private long runs;

    @Option(names = "--trace", description = "print what happens in each run")
    private boolean trace;

    @Option(
            names = "--failures",
            description = "stop after this number of failures; default: ${DEFAULT-VALUE}",
            defaultValue = "1")
    private int most;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        long start = System.nanoTime();
        long reported = start;
        long events = 0;
        int failures = 0;
        long done = 0;
        for (long i = seed; i < seed + runs && failures < most; i++) {
            Run run = Run.of(i, trace);
            done++;
            events += run.events();
            if (trace) {
                out.print(run.trace());
            }
            if (runs == 1) {
                out.printf("seed %d: %d events, trace %016x%n", i, run.events(), run.hash());
            }
            Throwable failure = run.failure();
            if (failure != null) {
                failures++;
                out.printf("seed %d FAILED: %s%n", i, failure.getMessage());
                if (runs == 1) {
                    failure.printStackTrace(out);
                } else {
                    out.printf("  replay: ./sockeye-verify simulate --seed %d --trace%n", i);
                }
            }
            if (System.nanoTime() - reported >= PROGRESS_NANOS) {
                reported = System.nanoTime();
                summary(out, "up to seed " + i + ": ", done, failures, events, start);
            }
            out.flush();
        }
        summary(out, "", done, failures, events, start);
        out.flush();
        return failures == 0 ? 0 : 1;
    }

    private static void summary(PrintWriter out, String prefix, long done, int failures, long events, long start) {
        double seconds = (System.nanoTime() - start) / 1e9;
        out.printf(
                "%s%d runs, %d failed, %d events, %.1f s, %.0f runs/s%n",
                prefix, done, failures, events, seconds, done / seconds);
    }
}
