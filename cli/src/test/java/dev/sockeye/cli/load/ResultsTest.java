package dev.sockeye.cli.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.sockeye.engineio.AllowRequest;
import dev.sockeye.engineio.EngineServer;
import dev.sockeye.socketio.server.SocketIoServer;
import dev.sockeye.socketio.server.SocketIoServerOptions;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The results of runs in which something goes wrong. */
@Timeout(60)
class ResultsTest {
    @TempDir
    Path folder;

    private static JsonNode json(CommandLineRun run) {
        assertThat(run.err).isEmpty();
        return JsonMapper.shared().readTree(run.out);
    }

    @Test
    void answersAfterTheEndAreNotPartOfTheRateOfTheirRow() throws Exception {
        ScheduledExecutorService later = Executors.newSingleThreadScheduledExecutor();
        SocketIoServer io = SocketIoServer.create();
        io.onConnection(socket -> socket.on("echo", (args, ack) -> {
            Object first = args.get(0);
            later.schedule(() -> ack.send(first), 900, TimeUnit.MILLISECONDS);
        }));
        io.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        try {
            String url = "http://127.0.0.1:" + io.port();
            JsonNode result = json(CommandLineRun.load(
                    url,
                    "-s",
                    "echo",
                    "-c",
                    "10",
                    "--rate",
                    "100",
                    "-d",
                    "1s",
                    "--warmup",
                    "0s",
                    "--no-check",
                    "--json"));
            JsonNode row = result.get("timesMs").get("echo");
            assertThat(row.get("count").asInt()).isGreaterThan(80);
            assertThat(row.get("rate").asDouble())
                    .isCloseTo(result.get("rate").asDouble(), within(1.0))
                    .isLessThan(50);
        } finally {
            io.closeAsync().get(20, TimeUnit.SECONDS);
            later.shutdownNow();
        }
    }

    @Test
    void aScenarioWithoutAnAnswerExitsWithCode1() throws Exception {
        SocketIoServer io = SocketIoServer.create();
        io.onConnection(socket -> {});
        io.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        try {
            String url = "http://127.0.0.1:" + io.port();
            CommandLineRun run = CommandLineRun.load(
                    url, "-s", "echo", "-c", "2", "-d", "300ms", "--warmup", "0s", "--timeout", "200ms", "--no-check");
            assertThat(run.out).contains("no answer within 200 ms");
            assertThat(run.code).isEqualTo(1);
        } finally {
            io.closeAsync().get(20, TimeUnit.SECONDS);
        }
    }

    @Test
    void errorsThatAllDifferAreBoundedAndCannotChangeTheTerminal() throws Exception {
        AtomicInteger number = new AtomicInteger();
        try (ContractServer server = new ContractServer()) {
            server.io.use((socket, next) -> next.fail("\u001b[2Jtry later\n" + number.incrementAndGet()));
            String[] args = {server.url(), "-c", "300", "-d", "100ms", "--no-check", "--json"};
            CommandLineRun run = CommandLineRun.load(args);
            JsonNode result = json(run);
            assertThat(result.get("errorCount").asInt()).isEqualTo(300);
            assertThat(result.get("errors").size()).isLessThan(120);
            args[args.length - 1] = "--report=" + folder.resolve("report.html");
            assertThat(CommandLineRun.load(args).out).doesNotContain("\u001b").doesNotContain("later\n");
            assertThat(Files.readString(folder.resolve("report.html"))).doesNotContain("\u001b");
            CommandLineRun checked = CommandLineRun.load(server.url());
            assertThat(checked.err).contains("try later").doesNotContain("\u001b");
        }
    }

    @Test
    void credentialsCanBeInAFile() throws Exception {
        Path file = Files.writeString(folder.resolve("auth.json"), "{\"token\": \"of ${user}\"}\n");
        Set<Object> tokens = ConcurrentHashMap.newKeySet();
        try (ContractServer server = new ContractServer(
                socket -> tokens.add(String.valueOf(socket.handshake().auth().get("token"))))) {
            CommandLineRun run = CommandLineRun.load(
                    server.url(), "-c", "2", "-d", "100ms", "--no-check", "--auth", "@" + file, "--json");
            assertThat(json(run).get("connected").asInt()).isEqualTo(2);
            assertThat(tokens).containsExactlyInAnyOrder("of 0", "of 1");
        }
    }

    @Test
    void errorsAboutCredentialsDoNotContainThem() {
        CommandLineRun run = CommandLineRun.load("http://127.0.0.1:1", "--auth", "{\"token\": s3cret}");
        assertThat(run.code).isEqualTo(2);
        assertThat(run.err).contains("--auth is not valid JSON, line 1").doesNotContain("s3cret");
    }

    @Test
    void theWarmUpOfLargeMessagesNeedsLittleMemory() throws Exception {
        try (ContractServer server = new ContractServer()) {
            JsonNode result = json(CommandLineRun.load(server.url(), "-c", "1", "-d", "100ms", "-p", "16M", "--json"));
            assertThat(result.get("connected").asInt()).isEqualTo(1);
        }
    }

    @Test
    void anIncompleteHistogramLogExitsWithCode1() throws Exception {
        assumeThat(Path.of("/dev/full")).exists();
        try (ContractServer server = new ContractServer()) {
            CommandLineRun run =
                    CommandLineRun.load(server.url(), "-c", "1", "-d", "100ms", "--no-check", "--hdr", "/dev/full");
            assertThat(run.err).contains("cannot write all of /dev/full");
            assertThat(run.code).isEqualTo(1);
        }
    }

    @Test
    void usersThatConnectAfterTheBeginningSendToo() throws Exception {
        Set<String> senders = ConcurrentHashMap.newKeySet();
        AtomicReference<EngineServer> open = new AtomicReference<>();
        SocketIoServer io = SocketIoServer.create(SocketIoServerOptions.builder()
                .allowRequest(AllowRequest.when(
                        request -> !senders.isEmpty() || open.get().clientsCount() == 0))
                .build());
        open.set(io.engine());
        io.onConnection(socket -> socket.on("echo", (args, ack) -> {
            senders.add(socket.id());
            ack.send(args.get(0));
        }));
        io.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        try {
            String url = "http://127.0.0.1:" + io.port();
            String[] args = {
                url,
                "-s",
                "echo",
                "-c",
                "2",
                "--ramp",
                "1",
                "-d",
                "4s",
                "--warmup",
                "0s",
                "--reconnect",
                "--connect-timeout",
                "1s",
                "--no-check",
                "--json"
            };
            // opening ends although the second user is refused
            assertThat(json(CommandLineRun.load(args)).get("connected").asInt()).isEqualTo(2);
            assertThat(senders).hasSize(2);
        } finally {
            io.closeAsync().get(20, TimeUnit.SECONDS);
        }
    }

    @Test
    void namespacesOfTheCommandLineMayHaveAnyName() throws Exception {
        try (ContractServer server = new ContractServer()) {
            server.io.of("/b c").onConnection(socket -> {});
            JsonNode result = json(CommandLineRun.load(
                    server.url(), "-n", "/,/b c", "-c", "4", "-d", "100ms", "--no-check", "--json"));
            assertThat(result.get("connected").asInt()).isEqualTo(4);
            assertThat(result.get("errorCount").asInt()).isZero();
        }
    }
}
