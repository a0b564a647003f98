package dev.sockeye.verification.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Runs the scripts that drive pages in headless Chromium; without it, the tests are skipped with a message. */
public final class Chromium {
    /** The folder of the scripts. */
    public static final Path SCRIPTS = Path.of("src/test/browser").toAbsolutePath();

    static final Path SCREENSHOTS = Path.of("target/screenshots").toAbsolutePath();

    private Chromium() {}

    /** Its path; where there is none, the test is skipped. */
    public static @Nullable String find(String test) {
        String found = findOptional(test);
        if (found == null) {
            abort("no Chromium");
        }
        return found;
    }

    /** Its path; where there is none, a message is printed and the result is {@code null}. */
    public static @Nullable String findOptional(String test) {
        String given = System.getenv("SOCKEYE_CHROMIUM");
        String found = given != null && !given.isEmpty()
                ? given
                : program(System.getenv("PATH"), "chromium", "chromium-browser", "google-chrome");
        if (found == null) {
            print(test, "no Chromium found (package chromium, or SOCKEYE_CHROMIUM=/path/to/it)");
        } else if (!Files.isDirectory(SCRIPTS.resolve("node_modules/playwright-core"))) {
            print(test, "playwright-core is not installed (npm ci in verification/src/test/browser; ./test does it)");
            return null;
        }
        return found;
    }

    private static void print(String test, String reason) {
        System.out.println("SKIPPED, " + test + ": " + reason);
    }

    static void skip(String test, String reason) {
        print(test, reason);
        abort(reason);
    }

    /** The first of these programs in a search path. */
    static @Nullable String program(String path, String... names) {
        for (String name : names) {
            try (Stream<Path> folders =
                    Stream.of(path.split(File.pathSeparator)).map(folder -> Path.of(folder, name))) {
                Path found = folders.filter(Files::isExecutable).findFirst().orElse(null);
                if (found != null) {
                    return found.toString();
                }
            }
        }
        return null;
    }

    static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    static String classPath() {
        return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    }

    /** Runs a command in the folder of the scripts, prints its output, and fails if it fails. */
    static void run(List<String> command, Map<String, String> environment) throws IOException, InterruptedException {
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(SCRIPTS.toFile()).redirectErrorStream(true);
        builder.environment().putAll(environment);
        Process process = builder.start();
        StringBuilder output = new StringBuilder();
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                System.out.println(line);
                output.append(line).append('\n');
            }
            assertThat(process.waitFor()).as(output.toString()).isZero();
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }
}
