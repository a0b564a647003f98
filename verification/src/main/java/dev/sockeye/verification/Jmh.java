package dev.sockeye.verification;

import dev.sockeye.verification.jmh.CpuProfiler;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatFactory;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs the benchmarks of the package {@code jmh}, always with their allocation rate and CPU time. */
@Command(
        name = "jmh",
        mixinStandardHelpOptions = true,
        description = "benchmarks of codecs, binding and the broadcast path, with allocation and CPU time")
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
            names = "--threads",
            split = ",",
            paramLabel = "N",
            description = "numbers of threads, measured one after the other, such as 1,2,4,8; default 1")
    private List<Integer> threads = List.of(1);

    @Option(
            names = "--result",
            paramLabel = "FILE",
            description = "write the figures to this file: as CSV if it ends with .csv, otherwise as JSON")
    private @Nullable Path result;

    @Override
    public Integer call() throws Exception {
        List<RunResult> results = new ArrayList<>();
        for (int number : threads) {
            results.addAll(new Runner(options().threads(number).build()).run());
        }
        Path file = result;
        if (file != null) {
            boolean csv = file.toString().endsWith(".csv");
            ResultFormatFactory.getInstance(csv ? ResultFormatType.CSV : ResultFormatType.JSON, file.toString())
                    .writeOut(results);
        }
        return results.isEmpty() ? 1 : 0;
    }

    private ChainedOptionsBuilder options() {
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include("\\.jmh\\..*" + pattern)
                .forks(forks)
                .warmupIterations(3)
                .warmupTime(TimeValue.seconds(1))
                .measurementIterations(iterations)
                .measurementTime(TimeValue.seconds(1))
                .addProfiler(GCProfiler.class)
                .addProfiler(CpuProfiler.class)
                .shouldFailOnError(true);
        params.forEach((name, values) -> options.param(name, values.split(",", -1)));
        return options;
    }
}
