package dev.sockeye.verification.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Runs Jazzer on one target in a separate JVM, because its agent instruments the classes. */
public final class GuidedFuzz {
    private GuidedFuzz() {}

    /**
     * Runs the fuzzer.
     *
     * @param found directory for inputs that reach new code
     * @param corpus directory of initial inputs
     * @return 0 if nothing was found
     */
    public static int run(FuzzTarget target, Duration time, Path found, Path corpus)
            throws IOException, InterruptedException {
        Files.createDirectories(found);
        Files.createDirectories(corpus);
        return new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx512m",
                        "-Dsockeye.fuzz.target=" + target.name(),
                        "-Djava.util.logging.config.file=/dev/null",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "com.code_intelligence.jazzer.Jazzer",
                        "--target_class=" + JazzerEntry.class.getName(),
                        "--instrumentation_includes=dev.sockeye.**",
                        // they look for other kinds of defects, and scan the whole class path first
                        "--disabled_hooks=com.code_intelligence.jazzer.sanitizers.*",
                        "--reproducer_path=" + found,
                        "-artifact_prefix=" + found + "/",
                        "-max_len=4096",
                        "-rss_limit_mb=3000",
                        "-timeout=60",
                        "-print_final_stats=1",
                        "-max_total_time=" + time.toSeconds(),
                        found.toString(),
                        corpus.toString()))
                .inheritIO()
                .start()
                .waitFor();
    }
}
