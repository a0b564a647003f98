package dev.sockeye.cli.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.socketio.server.SocketIoServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.EncodableHistogram;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ScenariosTest {
    @TempDir
    Path folder;

    private static JsonNode json(CommandLineRun run) {
        assertThat(run.err).isEmpty();
        return JsonMapper.shared().readTree(run.out);
    }

    @ParameterizedTest
    @CsvSource({
        "echo, echo, -t websocket",
        "echo, echo, -t upgrade",
        "echo, echo, --binary",
        "echo, echo, --rate 400",
        "echo, echo, --threads 2",
        "polling, echo, -p 100",
        "broadcast, delivery, --senders 2",
        "broadcast, delivery, --rate 20",
        "rooms, delivery, --rooms 4",
        "rooms, delivery, --threads 2",
    })
    void eachScenarioRecordsTimesWithoutErrorsOrLostMessages(String scenario, String row, String more)
            throws Exception {
        try (ContractServer server = new ContractServer()) {
            List<String> args = new ArrayList<>(List.of(server.url(), "-s", scenario, "-c", "12", "-d", "400ms"));
            args.addAll(List.of("--warmup", "100ms", "--json", "--no-check"));
            args.addAll(List.of(more.split(" ")));
            JsonNode result = json(CommandLineRun.load(args.toArray(String[]::new)));
            assertThat(result.get("connected").asInt()).isEqualTo(12);
            assertThat(result.get("errorCount").asInt())
                    .as(result.get("errors").toString())
                    .isZero();
            assertThat(result.get("missing").asInt()).isZero();
            assertThat(result.get("timesMs").get(row).get("count").asInt()).isPositive();
            assertThat(result.get("timesMs").get(row).get("p99").asDouble()).isPositive();
            assertThat(server.io.sockets().fetchSockets().get()).isEmpty();
        }
    }

    @Test
    void theConnectScenarioMeasuresEachConnection() throws Exception {
        try (ContractServer server = new ContractServer()) {
            JsonNode result = json(CommandLineRun.load(server.url(), "-c", "30", "-d", "300ms", "--json"));
            assertThat(result.get("opened").asInt()).isEqualTo(30);
            assertThat(result.get("timesMs").get("connect").get("count").asInt())
                    .isEqualTo(30);
        }
    }

    @Test
    void openLoopTimesIncludeTheWaitForAStalledServer() throws Exception {
        AtomicBoolean stalled = new AtomicBoolean();
        try (ContractServer server = new ContractServer(socket -> socket.on("echo", (args, ack) -> {
            if (stalled.compareAndSet(false, true)) {
                long end = System.nanoTime() + 600_000_000L;
                while (System.nanoTime() < end) {
                    LockSupport.parkNanos(10_000_000);
                }
            }
        }))) {
            JsonNode result = json(CommandLineRun.load(
                    server.url(),
                    "-s",
                    "echo",
                    "-c",
                    "1",
                    "-d",
                    "1500ms",
                    "--warmup",
                    "0s",
                    "--rate",
                    "200",
                    "--json",
                    "--no-check"));
            // 200 a second for 1.5 s; those due in the first 0.6 s waited for its rest: at least a quarter of all
            assertThat(result.get("sent").asInt()).isBetween(200, 310);
            assertThat(result.get("timesMs").get("echo").get("p75").asDouble()).isGreaterThan(50);
        }
    }

    @Test
    void theTableHasARowForEachKindOfAction() throws Exception {
        try (ContractServer server = new ContractServer()) {
            CommandLineRun run = CommandLineRun.load(
                    server.url(), "-s", "echo", "-c", "5", "-d", "300ms", "--warmup", "0s", "--no-check");
            assertThat(run.code).isZero();
            assertThat(run.out.lines().map(String::strip))
                    .anyMatch(line -> line.startsWith("count"))
                    .anyMatch(line -> line.startsWith("connect "))
                    .anyMatch(line -> line.matches("echo +[\\d,]+ +[\\d,.]+ +.*(µs|ms|s)"))
                    .contains("errors 0");
        }
    }

    @Test
    void assertionsDecideTheExitCode() throws Exception {
        try (ContractServer server = new ContractServer()) {
            String[] args = {
                server.url(), "-s", "echo", "-c", "5", "-d", "300ms", "--warmup", "0s", "--no-check", "--assert", ""
            };
            args[args.length - 1] = "p99<30s,errors=0,connect.max<30s,rate>1,connected=5";
            assertThat(CommandLineRun.load(args).code).isZero();
            args[args.length - 1] = "p99<1us,errors=0";
            CommandLineRun failed = CommandLineRun.load(args);
            assertThat(failed.code).isEqualTo(1);
            assertThat(failed.out)
                    .contains("p99.9 ", "p99.99")
                    .contains("FAILED  p99<1us  was ")
                    .contains("passed  errors=0  was 0");
        }
    }

    @Test
    void theReportIsSelfContainedAndTheHistogramLogIsComplete() throws Exception {
        Path report = folder.resolve("run.html");
        Path log = folder.resolve("run.hlog");
        try (ContractServer server = new ContractServer()) {
            CommandLineRun run = CommandLineRun.load(
                    server.url(),
                    "-s",
                    "echo",
                    "-c",
                    "5",
                    "-d",
                    "1500ms",
                    "--warmup",
                    "0s",
                    "--no-check",
                    "--json",
                    "--report",
                    report.toString(),
                    "--hdr",
                    log.toString());
            assertThat(run.code).isZero();
            String page = Files.readString(report);
            assertThat(page)
                    .startsWith("<!doctype html>")
                    .contains("Latency over time", "Latency distribution", "<polyline", "Connections")
                    .doesNotContain("<script", "src=", "http-equiv", "@import", "url(", "NaN", "Infinity");
            long expected = JsonMapper.shared()
                    .readTree(run.out)
                    .get("timesMs")
                    .get("echo")
                    .get("count")
                    .asLong();
            assertThat(echoes(log)).isEqualTo(expected).isPositive();
        }
    }

    private static long echoes(Path log) throws Exception {
        long count = 0;
        try (HistogramLogReader reader = new HistogramLogReader(log.toFile())) {
            EncodableHistogram next;
            while ((next = reader.nextIntervalHistogram()) != null) {
                if ("echo".equals(next.getTag())) {
                    count += ((Histogram) next).getTotalCount();
                }
            }
        }
        return count;
    }

    @Test
    void aLostConnectionIsCountedAsAnErrorWithItsReason() throws Exception {
        try (ContractServer server =
                new ContractServer(socket -> socket.on("echo", (args, ack) -> socket.disconnect(true)))) {
            JsonNode result = json(CommandLineRun.load(
                    server.url(), "-s", "echo", "-c", "3", "-d", "300ms", "--warmup", "0s", "--no-check", "--json"));
            assertThat(result.get("errors").propertyNames()).anyMatch(kind -> kind.startsWith("disconnected: "));
            assertThat(result.get("errorCount").asInt()).isGreaterThanOrEqualTo(3);
        }
    }

    @Test
    void aWrongAnswerIsCountedAsAnError() throws Exception {
        try (ContractServer server = new ContractServer(socket -> socket.on("echo", (args, ack) -> ack.send("no")))) {
            JsonNode result = json(CommandLineRun.load(
                    server.url(), "-s", "echo", "-c", "1", "-d", "200ms", "--warmup", "0s", "--no-check", "--json"));
            assertThat(result.get("errors").propertyNames()).contains("wrong answer");
        }
    }

    @Test
    void missingDeliveriesAreCounted() throws Exception {
        SocketIoServer io = SocketIoServer.create();
        io.onConnection(socket -> socket.on("broadcast", (args, ack) -> socket.emit("broadcast", args.get(0))));
        io.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        try {
            JsonNode result = json(CommandLineRun.load(
                    "http://127.0.0.1:" + io.port(),
                    "-s",
                    "broadcast",
                    "-c",
                    "4",
                    "-d",
                    "200ms",
                    "--warmup",
                    "0s",
                    "--timeout",
                    "500ms",
                    "--no-check",
                    "--json"));
            // only the sender receives its message, the other three do not
            assertThat(result.get("missing").asLong())
                    .isPositive()
                    .isGreaterThanOrEqualTo(3 * result.get("received").asLong());
            assertThat(result.get("errors").propertyNames()).containsExactly("missing deliveries");
        } finally {
            io.closeAsync().get(20, TimeUnit.SECONDS);
        }
    }

    @Test
    void usersOfSeveralNamespacesRunWithoutErrors() throws Exception {
        try (ContractServer server = new ContractServer()) {
            server.io.of("/b").onConnection(socket -> socket.on("echo", (args, ack) -> ack.send(args.get(0))));
            JsonNode result = json(CommandLineRun.load(
                    server.url(), "-n", "/,b", "-s", "echo", "-c", "6", "-d", "200ms", "--warmup", "0s", "--json"));
            assertThat(result.get("connected").asInt()).isEqualTo(6);
            assertThat(result.get("errorCount").asInt()).isZero();
        }
    }
}
