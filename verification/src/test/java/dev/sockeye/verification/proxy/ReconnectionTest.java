package dev.sockeye.verification.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sockeye.socketio.server.SocketIoServer;
import dev.sockeye.socketio.server.SocketIoServerOptions;
import dev.sockeye.verification.host.Host;
import io.socket.client.Ack;
import io.socket.client.IO;
import io.socket.client.Manager;
import io.socket.client.Socket;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The official clients for JavaScript, Python and Java, behind an nginx without session affinity, lose the server that has all of
 * them: one is killed, the next one is drained. They reconnect to the server that is left, and report nothing but that.
 */
@Timeout(120)
class ReconnectionTest {
    private static final String SECRET = "a secret for one machine"; // that of forwarding-node
    private static final Set<String> REASONS = Set.of("transport close", "transport error");

    @TempDir
    private Path folder;

    private final List<AutoCloseable> started = new ArrayList<>();
    private final Set<Object> returning = ConcurrentHashMap.newKeySet();

    @AfterEach
    void stop() throws Exception {
        for (int i = started.size() - 1; i >= 0; i--) {
            started.get(i).close();
        }
    }

    @Test
    void officialClientsReconnectAfterAKillAndADrain() throws Exception {
        int[] ports = {Nginx.freePort(), Nginx.freePort(), Nginx.freePort()};
        Program node = program(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                "dev.sockeye.verification.Verify",
                "forwarding-node",
                "--port",
                Integer.toString(ports[0]));
        String url = "http://127.0.0.1:" + nginx(ports).port();
        node.expect("listening");

        List<Program> programs = new ArrayList<>();
        programs.add(program(
                "node", Path.of("src/test/js/reconnecting.mjs").toAbsolutePath().toString(), url));
        Path python = Path.of("src/test/python/.venv/bin/python").toAbsolutePath();
        if (Files.isExecutable(python)) {
            programs.add(program(
                    python.toString(),
                    Path.of("src/test/python/reconnecting.py").toAbsolutePath().toString(),
                    url));
        } else {
            System.out.println("SKIPPED: the official Python client is not installed (./test does it if there is a"
                    + " python3 with venv); the other clients are tested");
        }
        List<JavaClient> java = List.of(
                new JavaClient(url, "polling"),
                new JavaClient(url, "polling", "websocket"),
                new JavaClient(url, "websocket"));
        started.addAll(java);
        for (Program program : programs) {
            program.expect("ready");
        }
        java.forEach(client -> client.settle(0));

        SocketIoServer second = server(ports[1]);
        node.kill();
        moved(programs, java, 1);
        await().untilAsserted(() ->
                assertThat(second.engine().clientsCount()).isGreaterThanOrEqualTo(6 * programs.size() + 3));

        SocketIoServer third = server(ports[2]);
        returning.clear();
        second.drain(Duration.ofSeconds(1)).get(20, TimeUnit.SECONDS);
        // over WebSocket the Java client ignores a close frame, also one of Node.js, until the next ping is overdue
        moved(programs, java.subList(0, 1), 2);
        await().untilAsserted(() ->
                assertThat(third.engine().clientsCount()).isGreaterThanOrEqualTo(6 * programs.size() + 1));
        assertThat(returning)
                .as("clients that ask for their state: all of JavaScript, also those whose poll failed")
                .hasSizeGreaterThanOrEqualTo(6);
    }

    private void moved(List<Program> programs, List<JavaClient> java, int times) throws Exception {
        for (Program program : programs) {
            program.say("moved?");
        }
        java.forEach(client -> client.settle(times));
        for (Program program : programs) {
            JsonNode result = new JsonMapper().readTree(program.expect("moved"));
            assertThat(result.path("troubles").toString()).as(program.name).isEqualTo("[]");
            assertThat(result.path("reasons").propertyNames()).as(program.name).isSubsetOf(REASONS);
        }
    }

    private Nginx nginx(int... ports) throws IOException {
        List<String> upstream = new ArrayList<>();
        for (int port : ports) {
            upstream.add("server 127.0.0.1:" + port + " max_fails=0;");
        }
        Nginx nginx =
                Nginx.start(folder, port -> """
                upstream nodes { %s }
                server {
                    listen 127.0.0.1:%d;
                    location / {
                        proxy_pass http://nodes;
                        proxy_http_version 1.1;
                        proxy_set_header Upgrade $http_upgrade;
                        proxy_set_header Connection $http_connection;
                        proxy_next_upstream error timeout http_503;
                    }
                }
                """.formatted(upstream.stream().collect(Collectors.joining(" ")), port));
        started.add(nginx);
        return nginx;
    }

    private SocketIoServer server(int port) throws IOException {
        SocketIoServer io = SocketIoServer.create(SocketIoServerOptions.builder()
                .connectionStateRecovery(true)
                .sessionForwarding(forwarding -> forwarding.secret(SECRET).address("http://127.0.0.1:" + port))
                .build());
        io.onConnection(socket -> {
            Object session = socket.handshake().auth().get("pid");
            if (session != null) {
                returning.add(session);
            }
            socket.on("echo", (args, ack) -> ack.send(args.get(0)));
        });
        io.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), Host.NETTY);
        started.add(() -> io.closeAsync().join());
        return io;
    }

    private Program program(String... command) throws IOException {
        Program program = new Program(command);
        started.add(program);
        return program;
    }

    /** A process that communicates by lines. */
    private static final class Program implements AutoCloseable {
        private final String name;
        private final Process process;
        private final BufferedReader lines;
        private final Writer input;

        Program(String... command) throws IOException {
            name = command[0];
            process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            lines = process.inputReader(StandardCharsets.UTF_8);
            input = process.outputWriter(StandardCharsets.UTF_8);
        }

        String expect(String beginning) throws IOException {
            String line = lines.readLine();
            while (line != null && !line.startsWith(beginning)) {
                line = lines.readLine();
            }
            assertThat(line).as(beginning + " of " + name).isNotNull();
            return line.substring(beginning.length());
        }

        void say(String line) throws IOException {
            input.write(line + "\n");
            input.flush();
        }

        void kill() throws InterruptedException {
            process.destroyForcibly().waitFor();
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }

    private static final class JavaClient implements AutoCloseable {
        private final String name;
        private final Socket socket;
        private final AtomicInteger lost = new AtomicInteger();
        private final ConcurrentLinkedQueue<String> troubles = new ConcurrentLinkedQueue<>();

        JavaClient(String url, String... transports) {
            name = "the Java client with " + String.join(", ", transports);
            socket = IO.socket(
                    URI.create(url),
                    IO.Options.builder()
                            .setForceNew(true)
                            .setTransports(transports)
                            .setReconnectionDelay(100)
                            .setReconnectionDelayMax(500)
                            .build());
            socket.on(Socket.EVENT_CONNECT_ERROR, args -> troubles.add("connect_error " + args[0]));
            socket.io().on(Manager.EVENT_RECONNECT_ERROR, args -> troubles.add("reconnect_error " + args[0]));
            socket.on(Socket.EVENT_DISCONNECT, args -> {
                if (!REASONS.contains(args[0])) {
                    troubles.add("disconnect " + args[0]);
                }
                lost.incrementAndGet();
            });
            socket.connect();
        }

        /** Waits until it has been disconnected so many times, is connected and has received an echo. */
        void settle(int times) {
            await(name).atMost(Duration.ofSeconds(30)).until(() -> {
                return lost.get() >= times && socket.connected() && echoed();
            });
            assertThat(troubles).isEmpty();
        }

        private boolean echoed() throws InterruptedException {
            CountDownLatch answered = new CountDownLatch(1);
            socket.emit("echo", new Object[] {"hello"}, (Ack) args -> answered.countDown());
            return answered.await(2, TimeUnit.SECONDS);
        }

        @Override
        public void close() {
            socket.close();
        }
    }
}
