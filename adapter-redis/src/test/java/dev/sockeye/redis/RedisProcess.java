package dev.sockeye.redis;

import dev.sockeye.adapter.tck.LocalPorts;
import java.io.DataInputStream;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
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
        port = freePort();
        process = start();
    }

    /** A port for which the port 10,000 higher is free too: the members of a Redis Cluster use it to communicate. */
    private static int freePort() {
        while (true) {
            int port = LocalPorts.free(10_000, 22_000);
            if (LocalPorts.isFree(port + 10_000)) {
                return port;
            }
        }
    }

    private static synchronized String jar() throws IOException {
        if (embedded == null) {
            embedded = ExecutableProvider.newJarResourceProvider().get();
        }
        return embedded.getPath();
    }

    /** The one that comes in a jar. */
    static RedisProcess embedded(String... options) throws IOException {
        return new RedisProcess(jar(), options);
    }

    /** One that watches over a master of the name {@code main}. */
    static RedisProcess sentinel(RedisProcess master) throws IOException {
        Path file = Files.createTempFile("sockeye-sentinel", ".conf");
        Files.writeString(
                file,
                "sentinel monitor main 127.0.0.1 " + master.port + " 1\nsentinel down-after-milliseconds main 500\n"
                        + "sentinel failover-timeout main 3000\n");
        return new RedisProcess(jar(), file.toString(), "--sentinel");
    }

    /** A Redis 7 or newer of this machine, for sharded channels; {@code null} when there is none. */
    static @Nullable RedisProcess seven(String... options) throws IOException {
        String found = System.getenv().getOrDefault("SOCKEYE_REDIS_SERVER", "redis-server");
        try {
            Process asked = new ProcessBuilder(found, "--version")
                    .redirectErrorStream(true)
                    .start();
            String version = new String(asked.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return version.matches("(?s).*v=([7-9]|\\d\\d)\\..*") ? new RedisProcess(found, options) : null;
        } catch (IOException e) {
            return null;
        }
    }

    private Process start() throws IOException {
        List<String> command = new ArrayList<>(List.of(executable));
        boolean sentinel = options.contains("--sentinel");
        if (sentinel) {
            command.add(options.get(0));
        }
        command.addAll(List.of("--port", String.valueOf(port), "--bind", "127.0.0.1", "--dir", directory.toString()));
        if (sentinel) {
            command.add("--sentinel");
        } else {
            command.addAll(List.of("--save", ""));
            command.addAll(options);
        }
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

    /** Sends an inline command and returns the reply, including errors. */
    String ask(String command) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(5000);
            socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.UTF_8));
            DataInputStream in = new DataInputStream(socket.getInputStream());
            String head = line(in);
            return head.startsWith("$")
                    ? new String(in.readNBytes(Integer.parseInt(head.substring(1))), StandardCharsets.UTF_8)
                    : head.substring(1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String line(DataInputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.readByte(); next != '\r'; next = in.readByte()) {
            line.append((char) next);
        }
        in.readByte();
        return line.toString();
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
