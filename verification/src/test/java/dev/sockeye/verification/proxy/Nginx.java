package dev.sockeye.verification.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.sockeye.verification.wire.RawHttp;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** An nginx on its own port. */
final class Nginx implements AutoCloseable {
    private final Process process;
    private final int port;

    private Nginx(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /** Starts it. Skips the test with a message if there is no nginx. */
    static Nginx start(Path folder, Settings settings) throws IOException {
        String program = program();
        if (program == null) {
            System.out.println("SKIPPED: no nginx found (package nginx); nothing is tested behind it");
            abort("no nginx found");
        }
        int port = freePort();
        Path file = folder.resolve("nginx.conf");
        Files.writeString(file, whole(folder, settings.http(port)));
        Path log = folder.resolve("output.log");
        Process process = new ProcessBuilder(
                        program, "-e", folder.resolve("error.log").toString(), "-c", file.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        await().atMost(Duration.ofSeconds(20)).until(() -> {
            assertThat(process.isAlive()).as(Files.readString(log)).isTrue();
            try (RawHttp probe = new RawHttp(port)) {
                return true;
            } catch (IOException e) {
                return false;
            }
        });
        return new Nginx(process, port);
    }

    /** The content of the block {@code http}. */
    @FunctionalInterface
    interface Settings {
        String http(int port) throws IOException;
    }

    private static String program() {
        String path = System.getenv("PATH") + ":/usr/sbin:/usr/local/sbin";
        return Stream.of(path.split(":", -1))
                .map(directory -> Path.of(directory, "nginx"))
                .filter(Files::isExecutable)
                .map(Path::toString)
                .findFirst()
                .orElse(null);
    }

    static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0)) {
            return free.getLocalPort();
        }
    }

    private static String whole(Path folder, String http) {
        StringBuilder all = new StringBuilder("daemon off;\nmaster_process off;\n")
                .append("pid ")
                .append(folder.resolve("nginx.pid"))
                .append(";\n")
                .append("events { worker_connections 512; }\nhttp {\naccess_log off;\n");
        for (String use : List.of("client_body", "proxy", "fastcgi", "uwsgi", "scgi")) {
            all.append(use).append("_temp_path ").append(folder.resolve(use)).append(";\n");
        }
        return all.append(http).append("}\n").toString();
    }

    int port() {
        return port;
    }

    @Override
    public void close() throws InterruptedException {
        process.destroy();
        assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    }
}
