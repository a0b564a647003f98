package dev.sockeye.redis;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import redis.embedded.core.ExecutableProvider;

/** A real Redis on a free port, that can be killed, paused and started again with its data. */
final class RedisProcess implements AutoCloseable {
    private static @Nullable File embedded;

    private final String executable;
    private final int port;
    private final Path directory;
    private final List<String> options;
    private Process process;

    private RedisProcess(String executable, String... options) throws IOException {
        this.executable = executable;
        this.options = List.of(options);
        this.directory = Files.createTempDirectory("sockeye-redis");
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        process = start();
    }

    /** The one that comes in a jar. */
    static RedisProcess embedded(String... options) throws IOException {
        synchronized (RedisProcess.class) {
            if (embedded == null) {
                embedded = ExecutableProvider.newJarResourceProvider().get();
            }
            return new RedisProcess(embedded.getPath(), options);
        }
    }

    /** A Redis 7 or newer of this machine, for sharded channels; {@code null} when there is none. */
    static @Nullable RedisProcess seven() throws IOException {
        String found = System.getenv().getOrDefault("SOCKEYE_REDIS_SERVER", "redis-server");
        try {
            Process asked = new ProcessBuilder(found, "--version")
                    .redirectErrorStream(true)
                    .start();
            String version = new String(asked.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return version.matches("(?s).*v=([7-9]|\\d\\d)\\..*") ? new RedisProcess(found) : null;
        } catch (IOException e) {
            return null;
        }
    }

    private Process start() throws IOException {
        List<String> command = new ArrayList<>(List.of(executable, "--port", String.valueOf(port)));
        command.addAll(List.of("--bind", "127.0.0.1", "--save", "", "--dir", directory.toString()));
        command.addAll(options);
        Process started = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("log").toFile())
                .start();
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(20))
                .until(this::accepts);
        return started;
    }

    private boolean accepts() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 500);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    int port() {
        return port;
    }

    String uri() {
        return "redis://127.0.0.1:" + port;
    }

    void kill() throws Exception {
        process.destroyForcibly().waitFor();
    }

    void startAgain() throws Exception {
        process = start();
    }

    void pause() throws Exception {
        signal("STOP");
    }

    void resume() throws Exception {
        signal("CONT");
    }

    private void signal(String name) throws Exception {
        new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid()))
                .start()
                .waitFor();
    }

    @Override
    public void close() throws Exception {
        resume();
        kill();
    }
}
