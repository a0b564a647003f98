package dev.sockeye.cli.load;

import dev.sockeye.cli.Plain;
import dev.sockeye.cli.load.plan.Limits;
import dev.sockeye.cli.load.plan.LoadPlan;
import dev.sockeye.cli.load.plan.PlanArguments;
import dev.sockeye.cli.load.report.Assertions;
import dev.sockeye.cli.load.report.HdrFile;
import dev.sockeye.cli.load.report.HtmlReport;
import dev.sockeye.cli.load.report.LoadResult;
import dev.sockeye.cli.load.report.Summary;
import dev.sockeye.cli.load.report.Terminals;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Security;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code sockeye load URL}: generates load on a Socket.IO server and reports the results. */
@Command(
        name = "load",
        description = "Load-tests a Socket.IO server (protocol version 3 or 4) and reports latencies and rates.",
        sortOptions = false,
        footer = {
            "",
            "Examples:",
            "  sockeye load http://localhost:3000 -c 5000",
            "  sockeye load http://localhost:3000 -s echo -c 100 --outstanding 4 --report echo.html",
            "  sockeye load http://localhost:3000 -s echo -c 1000 --rate 20000 --assert \"p99<50ms,errors=0\"",
            "  sockeye load https://example.org --script chat.yaml --json",
            "",
            "Exit code: 0 success, 1 an assertion failed or nothing could be measured, 2 invalid arguments."
        })
public final class LoadCommand implements Callable<Integer> {
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help and exit.")
    @SuppressWarnings("UnusedVariable") // picocli reads it
    private boolean help;

    @Mixin
    private final PlanArguments arguments = new PlanArguments();

    @Option(
            names = "--assert",
            paramLabel = "LIST",
            description =
                    "Conditions such as \"p99<50ms,errors=0\"; if one fails, the exit code is 1. Figures: p50, p99.9"
                            + " (any percentile), min, mean, max, errors, rate, sent, received, connected, missing; of"
                            + " another row, for example connect.p99.")
    private @Nullable String assertions;

    @Option(names = "--json", description = "Print the figures as JSON instead of a table.")
    private boolean json;

    @Option(names = "--report", paramLabel = "FILE", description = "Write a report with graphs as one HTML file.")
    private @Nullable Path report;

    @Option(names = "--hdr", paramLabel = "FILE", description = "Write the latencies as an HDR histogram log.")
    private @Nullable Path hdr;

    @Option(names = "--no-check", description = "Skip the check of the server and the warm-up of the load tester.")
    private boolean noCheck;

    @Option(names = "--quiet", description = "No progress.")
    private boolean quiet;

    @Spec
    private @Nullable CommandSpec spec;

    /** Used by the command line. */
    public LoadCommand() {}

    @Override
    public Integer call() throws Exception {
        CommandSpec command = Objects.requireNonNull(spec);
        LoadPlan plan;
        Assertions wanted;
        try {
            plan = arguments.plan();
            String given = assertions;
            wanted = given == null ? Assertions.none() : Assertions.parse(given);
            writable(report);
            writable(hdr);
            if (report != null && report.equals(hdr)) {
                throw new IllegalArgumentException("--report and --hdr need different files");
            }
        } catch (IllegalArgumentException e) {
            throw new ParameterException(command.commandLine(), String.valueOf(e.getMessage()), e);
        }
        Security.setProperty("networkaddress.cache.ttl", "-1"); // look up names once, not on the load's threads
        PrintWriter err = command.commandLine().getErr();
        String complaint = Limits.complaint(plan);
        if (complaint == null && !noCheck) {
            complaint = new Preflight(plan).complaint();
        }
        if (complaint != null) {
            err.println("sockeye: " + Plain.text(complaint));
            return 1;
        }
        if (!noCheck) {
            new Warmup(plan).run();
        }
        return run(plan, wanted, command);
    }

    private int run(LoadPlan plan, Assertions wanted, CommandSpec command) throws IOException, InterruptedException {
        Path log = hdr;
        CountDownLatch finished = new CountDownLatch(1);
        try (HdrFile file = log == null ? null : new HdrFile(log, System.currentTimeMillis())) {
            LoadRun run = new LoadRun(plan, Terminals.progress(quiet), file);
            Thread hook = new Thread(() -> end(run, finished), "sockeye-load-end");
            Runtime.getRuntime().addShutdownHook(hook);
            int code = printResult(run.run(), wanted, command);
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException e) {
                return 1; // Ctrl-C: the results were printed, the JVM exits
            }
            if (file != null && file.failed()) {
                command.commandLine().getErr().println("sockeye: cannot write all of " + log);
                return 1;
            }
            return code;
        } finally {
            finished.countDown();
        }
    }

    /** On Ctrl-C: ends the run and waits until the results are printed. */
    private static void end(LoadRun run, CountDownLatch finished) {
        run.interrupt();
        try {
            finished.await(15, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private int printResult(LoadResult result, Assertions wanted, CommandSpec command) throws IOException {
        List<Assertions.Verdict> verdicts = wanted.check(result);
        PrintWriter out = command.commandLine().getOut();
        Summary summary = new Summary(result, verdicts);
        out.println(json ? summary.json() : summary.table().stripTrailing());
        out.flush();
        Path page = report;
        if (page != null) {
            String[] version = command.root().version();
            String name = version.length == 0 ? "sockeye" : version[0];
            Files.writeString(page, new HtmlReport(result, verdicts, name).html(), StandardCharsets.UTF_8);
            command.commandLine().getErr().println("Report written to " + page);
        }
        boolean failed = verdicts.stream().anyMatch(verdict -> !verdict.passed());
        return failed || !result.measured() ? 1 : 0;
    }

    private static void writable(@Nullable Path path) {
        if (path == null) {
            return;
        }
        Path folder = path.toAbsolutePath().getParent();
        if (Files.isDirectory(path) || folder == null || !Files.isDirectory(folder)) {
            throw new IllegalArgumentException("cannot write " + path + ": "
                    + (Files.isDirectory(path) ? "it is a" : "there is no such") + " folder");
        }
        if (!Files.isWritable(Files.exists(path) ? path : folder)) {
            throw new IllegalArgumentException("cannot write " + path + ": permission denied");
        }
    }
}
