package dev.sockeye.verification.cluster;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import redis.embedded.core.ExecutableProvider;

/** A real Redis that writes each command to disk before it responds, so that it can be killed. */
final class RedisServer implements BrokerServer {
    private final String executable;
    private final Path directory;
    private final int port;
    private final boolean durable;
    private Process process;

    private RedisServer(String executable, boolean durable) throws IOException {
        this.executable = executable;
        this.durable = durable;
        directory = Files.createTempDirectory("sockeye-redis");
        port = LocalPorts.free();
        process = start();
    }

    /** A Redis with the features that an adapter requires; {@code null} if there is none on this machine. */
    static @Nullable RedisServer of(Broker broker, boolean durable) throws IOException {
        String found = System.getenv().getOrDefault("SOCKEYE_REDIS_SERVER", "redis-server");
        if (isSeven(found)) {
            return new RedisServer(found, durable);
        }
        return broker == Broker.SHARDED
                ? null
                : new RedisServer(
                        ExecutableProvider.newJarResourceProvider().get().getPath(), durable);
    }

    private static boolean isSeven(String executable) {
        try {
            Process asked = new ProcessBuilder(executable, "--version")
                    .redirectErrorStream(true)
                    .start();
            String version = new String(asked.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return version.matches("(?s).*v=([7-9]|\\d\\d)\\..*");
        } catch (IOException e) {
            return false;
        }
    }

    private Process start() throws IOException {
        String port = Integer.toString(this.port);
        Process started = new ProcessBuilder(List.of(
                        executable,
                        "--port",
                        port,
                        "--bind",
                        "127.0.0.1",
                        "--save",
                        "",
                        "--dir",
                        directory.toString(),
                        "--appendonly",
                        durable ? "yes" : "no",
                        "--appendfsync",
                        "always"))
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("log").toFile())
                .start();
        for (int i = 0; i < 400 && !accepts(); i++) {
            LockSupport.parkNanos(25_000_000);
        }
        return started;
    }

    private boolean accepts() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public String uri() {
        return "redis://127.0.0.1:" + port;
    }

    @Override
    public long cpuMicros() throws IOException {
        return Child.cpuMicros(process.pid());
    }

    @Override
    public void pause() throws IOException, InterruptedException {
        signal("STOP");
    }

    @Override
    public void resume() throws IOException, InterruptedException {
        signal("CONT");
    }

    private void signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .start()
                .waitFor();
    }

    /** Commands that need memory are rejected, as with a full {@code maxmemory} and the policy {@code noeviction}. */
    @Override
    public void fill() throws IOException {
        command("CONFIG SET maxmemory 1");
    }

    @Override
    public void makeRoom() throws IOException {
        command("CONFIG SET maxmemory 0");
    }

    private void command(String line) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write((line + "\r\n").getBytes(StandardCharsets.UTF_8));
            String answer = new String(socket.getInputStream().readNBytes(3), StandardCharsets.UTF_8);
            if (!answer.equals("+OK")) {
                throw new IOException("Redis refuses " + line);
            }
        }
    }

    @Override
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    @Override
    public void startAgain() throws IOException {
        process = start();
    }

    @Override
    public void close() {
        try {
            process.destroyForcibly().waitFor();
            try (Stream<Path> files = Files.walk(directory)) {
                files.sorted(Comparator.reverseOrder())
                        .forEach(file -> file.toFile().delete());
            }
        } catch (IOException e) {
            System.err.println(directory + " was not deleted: " + e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
