package dev.sockeye.verification.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.BufferedReader;
import java.io.File;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The chat of {@code sockeye chat}, a process of its own, used by pages in headless Chromium. */
@Timeout(value = 300, unit = TimeUnit.SECONDS)
class ChatInBrowserTest {
    private static final Path SCRIPTS = Path.of("src/test/browser").toAbsolutePath();

    @Test
    void two_pages_chat_over_websocket() throws Exception {
        run("websocket");
    }

    @Test
    void two_pages_chat_over_long_polling_when_websocket_is_blocked() throws Exception {
        run("polling");
    }

    @Test
    void both_pages_recover_when_the_server_is_killed_and_started_again() throws Exception {
        run("restart");
    }

    @Test
    void a_lost_connection_is_recovered_with_what_was_missed() throws Exception {
        run("recovery");
    }

    @Test
    void the_page_is_photographed_on_phone_and_desktop() throws Exception {
        run("pictures");
    }

    private static void run(String scenario) throws Exception {
        String chromium = chromium();
        if (chromium == null) {
            skip("no Chromium found (package chromium, or SOCKEYE_CHROMIUM=/path/to/it)");
            return;
        }
        if (!Files.isDirectory(SCRIPTS.resolve("node_modules/playwright-core"))) {
            skip("playwright-core is not installed (npm ci in verification/src/test/browser; ./test does it)");
            return;
        }
        List<String> command = new ArrayList<>(List.of(
                "node",
                "chat.mjs",
                scenario,
                chromium,
                Path.of("target/screenshots").toAbsolutePath().toString()));
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                "dev.sockeye.cli.Main",
                "chat",
                "--port",
                "{port}"));
        Process process = new ProcessBuilder(command)
                .directory(SCRIPTS.toFile())
                .redirectErrorStream(true)
                .start();
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

    private static void skip(String reason) {
        System.out.println("SKIPPED, the chat in a browser: " + reason);
        abort(reason);
    }

    private static @Nullable String chromium() {
        String given = System.getenv("SOCKEYE_CHROMIUM");
        if (given != null && !given.isEmpty()) {
            return given;
        }
        for (String name : List.of("chromium", "chromium-browser", "google-chrome")) {
            try (Stream<Path> folders =
                    Stream.of(System.getenv("PATH").split(File.pathSeparator)).map(folder -> Path.of(folder, name))) {
                Path found = folders.filter(Files::isExecutable).findFirst().orElse(null);
                if (found != null) {
                    return found.toString();
                }
            }
        }
        return null;
    }
}
