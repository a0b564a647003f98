package dev.sockeye.verification.differential;

import java.io.PrintStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Sends the same bytes to Sockeye and to the official server, and prints differences without a known reason. */
@Command(name = "differential", description = "send the same raw bytes to Sockeye and to the official Node server")
public final class Differential implements Callable<Integer> {
    @Option(names = "--seed", defaultValue = "1", description = "seed of the first scenario; default 1")
    private long seed = 1;

    @Option(names = "--runs", defaultValue = "5000", description = "number of scenarios; default 5000")
    private int runs = 5_000;

    @Option(names = "--parallel", defaultValue = "24", description = "scenarios at the same time; default 24")
    private int parallel = 24;

    @Option(
            names = "--show",
            defaultValue = "10",
            description = "number of printed differences of each kind; default 10")
    private int show = 10;

    @Option(
            names = "--kind",
            defaultValue = "",
            description = "only scenarios of this kind, such as \"protocol 3\"; default all")
    private String kind = "";

    @Option(
            names = "--samples",
            defaultValue = "0",
            description = "number of printed differences for each explanation; default 0")
    private int samples = 0;

    @Option(
            names = "--quiet",
            defaultValue = "40",
            description = "milliseconds without data after which a step is over; default 40")
    private int quiet = 40;

    private int shown;

    private final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);

    @Override
    public Integer call() throws Exception {
        try (Side sockeye = new SockeyeSide();
                Side reference = ReferenceSide.start(scripts())) {
            Comparison comparison =
                    new Comparison(sockeye, reference, samples, Duration.ofMillis(quiet), difference -> {
                        if (shown++ < show) {
                            out.println(difference);
                        }
                    });
            comparison.run(seed, runs, parallel, kind);
            comparison.samples().forEach((decision, kept) -> {
                kept.forEach(text -> out.println("EXPLAINED by: " + decision + "\n" + text));
            });
            comparison.onlyOnce().stream().limit(show).forEach(out::println);
            out.println(comparison.summary());
            return comparison.unexplained().isEmpty() ? 0 : 1;
        }
    }

    /** The directory of {@code server.mjs}, in the sources of this module: the program is only run from there. */
    static Path scripts() throws URISyntaxException {
        Path classes = Path.of(Differential.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        return classes.resolveSibling("../src/main/js").normalize();
    }
}
