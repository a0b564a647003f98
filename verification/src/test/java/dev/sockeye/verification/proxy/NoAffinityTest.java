package dev.sockeye.verification.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.sockeye.engineio.ForwardingCounts;
import dev.sockeye.socketio.client.ClientOptions;
import dev.sockeye.socketio.client.SocketIoClient;
import dev.sockeye.socketio.client.transport.TransportName;
import dev.sockeye.socketio.server.SocketIoServer;
import dev.sockeye.socketio.server.SocketIoServerOptions;
import dev.sockeye.verification.browser.Chromium;
import dev.sockeye.verification.host.Host;
import io.socket.client.Ack;
import io.socket.client.IO;
import io.socket.client.Socket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Three servers behind an nginx that distributes requests round-robin. */
@DisplayName("Without session affinity")
@Timeout(90)
class NoAffinityTest {
    private static final Path SCRIPTS = Path.of("src/test/js").toAbsolutePath();

    private final List<SocketIoServer> servers = new ArrayList<>();
    private Nginx nginx;

    @TempDir
    Path folder;

    private void start(Host host) throws IOException {
        for (int i = 0; i < 3; i++) {
            servers.add(server(host, Nginx.freePort()));
        }
        nginx = Nginx.start(folder, port -> """
                upstream nodes { %s }
                server {
                    listen 127.0.0.1:%d;
                    client_max_body_size 10m;
                    location / {
                        proxy_pass http://nodes;
                        proxy_http_version 1.1;
                        proxy_set_header Upgrade $http_upgrade;
                        proxy_set_header Connection $http_connection;
                        proxy_set_header X-Forwarded-For $remote_addr;
                    }
                }
                """.formatted(
                        servers.stream()
                                .map(io -> "server 127.0.0.1:" + io.port() + " max_fails=1 fail_timeout=1s;")
                                .collect(Collectors.joining(" ")),
                        port));
    }

    private static SocketIoServer server(Host host, int port) throws IOException {
        SocketIoServer io = SocketIoServer.create(SocketIoServerOptions.builder()
                .trustedProxies("127.0.0.1")
                .sessionForwarding(forwarding -> forwarding
                        .secret("the secret of this test")
                        .address("http://127.0.0.1:" + port)
                        .connectTimeout(Duration.ofSeconds(20)))
                .engine(engine -> engine.pingInterval(Duration.ofMillis(400)).cors(true))
                .build());
        io.onConnection(socket -> {
            socket.on("echo", (args, ack) -> ack.send(args.get(0)));
            socket.on(
                    "who",
                    (args, ack) -> ack.send(
                            socket.id(),
                            socket.conn().transport(),
                            socket.handshake().address()));
        });
        io.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), host);
        return io;
    }

    @AfterEach
    void stop() throws InterruptedException {
        if (nginx != null) {
            nginx.close();
        }
        servers.forEach(io -> io.closeAsync().join());
    }

    private ForwardingCounts sum() {
        List<ForwardingCounts> all =
                servers.stream().map(io -> io.engine().forwardingCounts()).toList();
        return new ForwardingCounts(
                all.stream().mapToLong(ForwardingCounts::local).sum(),
                all.stream().mapToLong(ForwardingCounts::forwarded).sum(),
                all.stream().mapToLong(ForwardingCounts::failed).sum(),
                all.stream().mapToLong(ForwardingCounts::refused).sum(),
                all.stream().mapToLong(ForwardingCounts::received).sum(),
                all.stream().mapToInt(ForwardingCounts::active).sum());
    }

    /** Twelve clients of npm in Node, four of each kind. */
    @ParameterizedTest
    @EnumSource(
            value = Host.class,
            names = {"NETTY", "TOMCAT"})
    void officialJavaScriptClientsWorkWithoutErrors(Host host) throws Exception {
        start(host);
        officialClientsWorkWithoutErrors(
                12, "node", SCRIPTS.resolve("no-affinity.mjs").toString());
    }

    @Test
    void officialJavaScriptClientsInABrowserWorkWithoutErrors() throws Exception {
        String chromium = Chromium.find("clients in a browser without session affinity");
        if (chromium == null) {
            return;
        }
        start(Host.NETTY);
        officialClientsWorkWithoutErrors(
                6, "node", Chromium.SCRIPTS.resolve("no-affinity.mjs").toString(), chromium);
    }

    @Test
    void officialPythonClientsWorkWithoutErrors() throws Exception {
        Path python = Path.of("src/test/python/.venv/bin/python").toAbsolutePath();
        if (!Files.isExecutable(python)) {
            System.out.println("SKIPPED: the official Python client is not installed (./test does it if there is a"
                    + " python3 with venv)");
            abort("no Python client");
        }
        start(Host.NETTY);
        officialClientsWorkWithoutErrors(
                6,
                python.toString(),
                Path.of("src/test/python/no_affinity.py").toAbsolutePath().toString());
    }

    /** A third each: polling, upgrade, WebSocket. */
    private void officialClientsWorkWithoutErrors(int clients, String... command) throws Exception {
        List<String> whole = new ArrayList<>(List.of(command));
        whole.add("http://127.0.0.1:" + nginx.port());
        Process process = new ProcessBuilder(whole)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
            JsonNode result = new JsonMapper().readTree(out);
            assertThat(result.path("troubles").toString()).isEqualTo("[]");
            assertThat(result.path("echoes").asInt()).isEqualTo(clients * 12);
            assertThat(result.path("transports").toString())
                    .isEqualTo("{\"polling\":" + clients / 3 + ",\"websocket\":" + 2 * clients / 3 + "}");
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        ForwardingCounts counts = sum();
        assertThat(counts.failed()).isZero();
        assertThat(counts.received()).isEqualTo(counts.forwarded());
        double share = (double) counts.forwarded() / (counts.forwarded() + counts.local());
        assertThat(share).as("forwarded of all requests with a session").isBetween(0.5, 0.85);
        await().untilAsserted(() -> assertThat(sum().active()).isZero());
    }

    @ParameterizedTest
    @CsvSource({"NETTY,polling,polling", "NETTY,polling websocket,websocket", "TOMCAT,polling websocket,websocket"})
    void theOfficialJavaClientExchangesMessagesAndStaysConnected(Host host, String transports, String last)
            throws Exception {
        start(host);
        Socket socket = IO.socket(
                URI.create("http://127.0.0.1:" + nginx.port()),
                IO.Options.builder()
                        .setForceNew(true)
                        .setReconnection(false)
                        .setTransports(transports.split(" "))
                        .build());
        BlockingQueue<Object> lost = new LinkedBlockingQueue<>();
        socket.on(Socket.EVENT_DISCONNECT, args -> lost.add(args[0]));
        socket.connect();
        try {
            await().until(socket::connected);
            await().untilAsserted(() -> assertThat(ask(socket, "who")[1]).isEqualTo(last));
            assertThat(ask(socket, "who")[2]).isEqualTo("127.0.0.1");
            String large = "ä".repeat(300_000);
            assertThat(ask(socket, "echo", large)[0]).isEqualTo(large);
            byte[] bytes = new byte[400_000];
            assertThat((byte[]) ask(socket, "echo", (Object) bytes)[0]).isEqualTo(bytes);
            assertThat(lost.poll(1200, TimeUnit.MILLISECONDS)).isNull();
            assertThat(ask(socket, "echo", 1)[0]).isEqualTo(1);
        } finally {
            socket.close();
        }
        await().untilAsserted(() -> assertThat(servers)
                .allSatisfy(io -> assertThat(io.engine().clientsCount()).isZero()));
    }

    private static Object[] ask(Socket socket, String event, Object... args) throws InterruptedException {
        BlockingQueue<Object[]> answer = new LinkedBlockingQueue<>();
        socket.emit(event, args, (Ack) answer::add);
        Object[] result = answer.poll(10, TimeUnit.SECONDS);
        assertThat(result).as("an answer to " + event).isNotNull();
        return result;
    }

    /** Sockeye's own client. */
    @ParameterizedTest
    @EnumSource(
            value = Host.class,
            names = {"NETTY", "TOMCAT"})
    void clientsReconnectWhenAServerStops(Host host) throws Exception {
        start(host);
        try (SocketIoClient io = SocketIoClient.create()) {
            List<dev.sockeye.socketio.client.Socket> sockets = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                TransportName[] transports = i % 2 == 0
                        ? new TransportName[] {TransportName.POLLING}
                        : new TransportName[] {TransportName.POLLING, TransportName.WEBSOCKET};
                sockets.add(io.socket(
                        "http://127.0.0.1:" + nginx.port(),
                        ClientOptions.builder()
                                .forceNew(true)
                                .transports(transports)
                                .reconnectionDelay(Duration.ofMillis(50))
                                .reconnectionDelayMax(Duration.ofMillis(500))
                                .build()));
            }
            for (dev.sockeye.socketio.client.Socket socket : sockets) {
                assertThat(socket.call("echo", Duration.ofSeconds(20), "a").get(0))
                        .isEqualTo("a");
            }
            servers.remove(0).closeAsync().join();
            for (dev.sockeye.socketio.client.Socket socket : sockets) {
                await().atMost(Duration.ofSeconds(30))
                        .ignoreExceptions()
                        .until(() -> socket.call("echo", Duration.ofSeconds(5), "b")
                                .get(0)
                                .equals("b"));
            }
            assertThat(servers.stream()
                            .mapToInt(server -> server.engine().clientsCount())
                            .sum())
                    .isGreaterThanOrEqualTo(12);
        }
    }
}
