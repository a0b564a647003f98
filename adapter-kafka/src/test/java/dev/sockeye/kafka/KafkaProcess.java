package dev.sockeye.kafka;

import dev.sockeye.adapter.tck.LocalPorts;
import dev.sockeye.adapter.tck.TcpProxy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * A real Kafka in a separate JVM, with broker and controller combined (KRaft), that can be killed, paused and started again with its
 * data. It has a listener for each of some servers, advertised by a proxy that a test can cut; and one with a password.
 */
final class KafkaProcess implements AutoCloseable {
    private static final int LISTENERS = 10;

    private static @Nullable KafkaProcess shared;

    private final Path directory = Files.createTempDirectory("sockeye-kafka");
    private final int port = LocalPorts.free();
    private final int securePort = LocalPorts.free();
    private final List<TcpProxy> ways = new ArrayList<>();
    private int used;
    private Process process;

    KafkaProcess() throws IOException {
        StringBuilder listeners = new StringBuilder();
        StringBuilder advertised = new StringBuilder();
        StringBuilder protocols = new StringBuilder("MAIN:PLAINTEXT,CONTROLLER:PLAINTEXT,SECURE:SASL_PLAINTEXT");
        int controller = LocalPorts.free();
        listeners
                .append("MAIN://127.0.0.1:" + port)
                .append(",SECURE://127.0.0.1:" + securePort)
                .append(",CONTROLLER://127.0.0.1:" + controller);
        advertised.append("MAIN://127.0.0.1:" + port).append(",SECURE://127.0.0.1:" + securePort);
        for (int i = 0; i < LISTENERS; i++) {
            int own = LocalPorts.free();
            TcpProxy way = new TcpProxy(own);
            ways.add(way);
            listeners.append(",WAY" + i + "://127.0.0.1:" + own);
            advertised.append(",WAY" + i + "://127.0.0.1:" + way.port());
            protocols.append(",WAY" + i + ":PLAINTEXT");
        }
        Path data = Files.createDirectory(directory.resolve("data"));
        Files.write(
                directory.resolve("server.properties"),
                List.of(
                        "process.roles=broker,controller",
                        "node.id=1",
                        "controller.quorum.voters=1@127.0.0.1:" + controller,
                        "controller.listener.names=CONTROLLER",
                        "inter.broker.listener.name=MAIN",
                        "listeners=" + listeners,
                        "advertised.listeners=" + advertised,
                        "listener.security.protocol.map=" + protocols,
                        "listener.name.secure.sasl.enabled.mechanisms=PLAIN",
                        "listener.name.secure.plain.sasl.jaas.config="
                                + "org.apache.kafka.common.security.plain.PlainLoginModule required user_sockeye=\"secret\";",
                        "log.dirs=" + data,
                        "num.network.threads=1",
                        "num.io.threads=2",
                        "auto.create.topics.enable=false",
                        "offsets.topic.replication.factor=1",
                        "transaction.state.log.replication.factor=1",
                        "group.initial.rebalance.delay.ms=0",
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

    /** Shared by all test classes, because its start takes seconds. It ends with this JVM. Each class uses its own topics. */
    static synchronized KafkaProcess shared() throws IOException {
        KafkaProcess now = shared;
        if (now == null) {
            KafkaProcess started = new KafkaProcess();
            Runtime.getRuntime().addShutdownHook(new Thread(started::end));
            shared = started;
            return started;
        }
        return now;
    }

    private void end() {
        try {
            close();
        } catch (Exception e) {
            System.err.println(directory + " was not deleted: " + e);
        }
    }

    private Process start() throws IOException {
        Process started = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "kafka.Kafka",
                        directory.resolve("server.properties").toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        directory.resolve("log").toFile()))
                .start();
        Awaitility.await()
                .atMost(Duration.ofMinutes(3))
                .pollInterval(Duration.ofMillis(50))
                .failFast("Kafka has ended, see " + directory, () -> !started.isAlive())
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

    String servers() {
        return "127.0.0.1:" + port;
    }

    /** Properties for the listener with a password. */
    Map<String, Object> secure(String password) {
        return Map.of(
                "bootstrap.servers",
                "127.0.0.1:" + securePort,
                "security.protocol",
                "SASL_PLAINTEXT",
                "sasl.mechanism",
                "PLAIN",
                "sasl.jaas.config",
                "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"sockeye\" password=\""
                        + password + "\";");
    }

    /** A way to the broker for one server. */
    TcpProxy way() {
        return ways.get(used++);
    }

    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    void startAgain() throws IOException {
        process = start();
    }

    void signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .start()
                .waitFor();
    }

    @Override
    public void close() throws Exception {
        kill();
        ways.forEach(TcpProxy::close);
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        }
    }
}
