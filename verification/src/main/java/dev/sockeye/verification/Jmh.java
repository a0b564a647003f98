package dev.sockeye.verification;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs the benchmarks of the package {@code jmh}, always with their allocation rate. */
@Command(
        name = "jmh",
        mixinStandardHelpOptions = true,
        description = "benchmarks of codecs, binding and the broadcast path, with allocation")
final class Jmh implements Callable<Integer> {
    @Parameters(
            index = "0",
            arity = "0..1",
            defaultValue = ".*",
            description = "a regular expression for benchmark names, such as Broadcast or Parser.*decode")
    private String pattern = ".*";

    @Option(names = "--forks", defaultValue = "2", description = "number of JVMs, one after the other; default 2")
    private int forks;

    @Option(names = "--iterations", defaultValue = "5", description = "seconds measured in each; default 5")
    private int iterations;

    @Option(
            names = {"-p", "--param"},
            paramLabel = "NAME=VALUE,...",
            description = "values of a parameter, such as clients=1000")
    private java.util.Map<String, String> params = new java.util.LinkedHashMap<>();

    @Option(
            names = "--result",
            paramLabel = "FILE",
            description = "write the figures to this file: as CSV if it ends with .csv, otherwise as JSON")
    private @Nullable Path result;

    @Override
    public Integer call() throws Exception {
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include("\\.jmh\\..*" + pattern)
                .forks(forks)
                .warmupIterations(3)
                .warmupTime(TimeValue.seconds(1))
                .measurementIterations(iterations)
                .measurementTime(TimeValue.seconds(1))
                .addProfiler(GCProfiler.class)
                .shouldFailOnError(true);
        params.forEach((name, values) -> options.param(name, values.split(",", -1)));
        Path file = result;
        if (file != null) {
            options.resultFormat(file.toString().endsWith(".csv") ? ResultFormatType.CSV : ResultFormatType.JSON)
                    .result(file.toString());
        }
        return new Runner(options.build()).run().isEmpty() ? 1 : 0;
    }
}
