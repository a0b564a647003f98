package dev.sockeye.verification.cluster;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** A real Kafka in a separate JVM, with broker and controller combined (KRaft). */
final class KafkaServer implements BrokerServer {
    private final Path directory = Files.createTempDirectory("sockeye-kafka");
    private final int port = LocalPorts.free();
    private Process process;

    private KafkaServer() throws IOException {
        int controller = LocalPorts.free();
        Path data = Files.createDirectory(directory.resolve("data"));
        Files.write(
                directory.resolve("server.properties"),
                List.of(
                        "process.roles=broker,controller",
                        "node.id=1",
                        "controller.quorum.voters=1@127.0.0.1:" + controller,
                        "controller.listener.names=CONTROLLER",
                        "inter.broker.listener.name=MAIN",
                        "listeners=MAIN://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controller,
                        "advertised.listeners=MAIN://127.0.0.1:" + port,
                        "listener.security.protocol.map=MAIN:PLAINTEXT,CONTROLLER:PLAINTEXT",
                        "log.dirs=" + data,
                        "auto.create.topics.enable=false",
                        "offsets.topic.replication.factor=1",
                        "transaction.state.log.replication.factor=1",
                        // one that was killed is not let in again before its session has ended; default 9 s
                        "broker.session.timeout.ms=1500",
                        "broker.heartbeat.interval.ms=300"));
        Files.write(
                data.resolve("meta.properties"),
                List.of(
                        "version=1",
                        "cluster.id=c29ja2V5ZS10ZXN0cy0wMQ",
                        "node.id=1",
                        "directory.id=ZGlyZWN0b3J5LW9mLTAwMQ"));
        process = start();
    }

    static KafkaServer begin() throws IOException {
        return new KafkaServer();
    }

    private Process start() throws IOException {
        Process started = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx512m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "kafka.Kafka",
                        directory.resolve("server.properties").toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("log").toFile())
                .start();
        for (int i = 0; i < 7_200 && started.isAlive() && !accepts(); i++) {
            LockSupport.parkNanos(25_000_000);
        }
        if (!accepts()) {
            started.destroyForcibly();
            List<String> log = Files.readAllLines(directory.resolve("log"));
            throw new IOException("Kafka does not start:\n"
                    + String.join("\n", log.subList(Math.max(0, log.size() - 40), log.size())));
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
        return "127.0.0.1:" + port;
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

    /** Prevents all files from growing, as on a full disk: Kafka halts if it cannot write to its only directory. */
    @Override
    public void fill() throws IOException {
        Process limited = new ProcessBuilder("prlimit", "--pid", Long.toString(process.pid()), "--fsize=1").start();
        try {
            if (limited.waitFor() != 0 || !process.waitFor(60, TimeUnit.SECONDS)) {
                throw new IOException("Kafka continues with a full disk");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    @Override
    public void makeRoom() throws IOException {
        startAgain();
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
            kill();
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
