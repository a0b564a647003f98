package dev.sockeye.cli.load;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.sockeye.cli.load.plan.Limits;
import dev.sockeye.cli.load.plan.LoadPlan;
import dev.sockeye.cli.load.plan.PlanArguments;
import dev.sockeye.socketio.server.SocketIoServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BadInputTest {
    @TempDir
    Path folder;

    private static void assertOutput(CommandLineRun run, int code, String... words) {
        assertThat(run.code).as(run.err).isEqualTo(code);
        assertThat(run.err.lines().findFirst().orElse(""))
                .startsWith("sockeye: ")
                .contains(words);
        assertThat(run.out).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ftp://localhost | begins with ftp://",
                "http:// | is not a URL",
                "http://:3000 | has no host",
                "http://local host | is not a URL",
                "http://localhost:0 | must be 1 to 65535",
                "localhost -s dance | unknown scenario \"dance\"; available: connect, echo",
                "localhost -c 0 | --connections must be at least 1",
                "localhost -s echo -d soon | --duration: \"soon\" is not a duration",
                "localhost -s echo -p big | \"big\" is not a size",
                "localhost -s broadcast -p 4 | --payload must be at least 20",
                "localhost -s rooms -c 5 --rooms 6 | --rooms 6 needs at least as many connections",
                "localhost --ramp NaN | --ramp must be from 0.001 to 1000000000 per second, was NaN",
                "localhost --ramp 1e-300 | --ramp must be from 0.001",
                "localhost -s echo --rate 0 | --rate must be from 0.001",
                "localhost -s echo --rate NaN | --rate must be from 0.001",
                "localhost -s echo --rate Infinity | --rate must be from 0.001",
                "localhost -d 99999h | \"99999h\" is too long; the maximum is 1000h",
                "localhost --report a.out --hdr a.out | need different files",
                "localhost --script /tmp | it is a folder",
                "localhost --rate 5 | --rate cannot be used with the scenario connect",
                "http://localhost -t webtransport | requires an https://",
                "localhost -t pigeon | unknown transport \"pigeon\"",
                "localhost --parser xml | unknown parser \"xml\"",
                "localhost --auth {token | --auth is not valid JSON",
                "localhost --auth [1] | --auth must be a JSON object",
                "localhost --auth {\"a\":\"${me}\"} | ${me} is unknown",
                "localhost -H nonsense | needs a colon",
                "localhost --assert p99 | \"p99\" is not an assertion",
                "localhost --assert speed<5 | \"speed\" is not a figure",
                "localhost --assert p99<fast | is not a duration",
                "localhost --assert errors!=NaN | \"NaN\" in \"errors!=NaN\" is not a number",
                "localhost --script nowhere.yaml | there is no such file",
                "localhost --report nowhere/at/all.html | there is no such folder",
                "https://localhost --cacert nowhere.pem | cannot read nowhere.pem",
            })
    void invalidArgumentsAreReportedWithExitCode2(String args, String sentence) {
        String url = args.substring(0, args.indexOf(' ') < 0 ? args.length() : args.indexOf(' '));
        String[] all = args.contains("local host") ? new String[] {args} : args.split(" ");
        assertThat(url).isNotEmpty();
        assertOutput(CommandLineRun.load(all), 2, sentence);
    }

    @Test
    void aPortWithNoListenerIsReported() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        assertOutput(
                CommandLineRun.load("http://127.0.0.1:" + port),
                1,
                "nothing listens at 127.0.0.1:" + port,
                "Is the server running");
    }

    @Test
    void anUnknownHostIsReported() {
        // longer than names may be, so that no server of the network is asked
        String nowhere = ("a".repeat(60) + ".").repeat(5) + "invalid";
        assertOutput(CommandLineRun.load("http://" + nowhere), 1, "the host " + nowhere + " is unknown");
    }

    @Test
    void aServerThatIsNotSocketIoIsReported() throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.start();
        try {
            String url = "http://127.0.0.1:" + server.getAddress().getPort();
            assertOutput(CommandLineRun.load(url), 1, "not as a Socket.IO server at /socket.io (HTTP 404)", "--path");
            assertOutput(CommandLineRun.load(url, "-t", "polling"), 1, "(HTTP 404)");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void anUnsupportedProtocolVersionIsReported() throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            byte[] body = "{\"code\":5,\"message\":\"Unsupported protocol version\"}".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(400, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        try {
            assertOutput(
                    CommandLineRun.load(
                            "http://127.0.0.1:" + server.getAddress().getPort(), "-t", "polling"),
                    1,
                    "uses another version of the protocol");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void anUnresponsiveServerIsReported() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            assertOutput(
                    CommandLineRun.load("http://127.0.0.1:" + silent.getLocalPort(), "--connect-timeout", "300ms"),
                    1,
                    "accepts connections but does not answer");
        }
    }

    @Test
    void tlsToAPlaintextPortIsReported() throws Exception {
        try (ContractServer server = new ContractServer()) {
            assertOutput(
                    CommandLineRun.load(server.url().replace("http://", "https://")),
                    1,
                    "does not use TLS on this port; use http://");
        }
    }

    @Test
    void aRefusedNamespaceIsReported() throws Exception {
        try (ContractServer server = new ContractServer()) {
            assertOutput(
                    CommandLineRun.load(server.url() + "/nowhere"),
                    1,
                    "the server refused the namespace /nowhere: Invalid namespace");
        }
    }

    @Test
    void aServerWithoutTheScenarioEventsIsReported() throws Exception {
        SocketIoServer io = SocketIoServer.create();
        io.onConnection(socket -> {});
        io.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        try {
            String url = "http://127.0.0.1:" + io.port();
            assertOutput(
                    CommandLineRun.load(url, "-s", "echo", "--connect-timeout", "300ms"),
                    1,
                    "did not acknowledge the event \"echo\"",
                    "docs/load-testing.md");
            assertOutput(
                    CommandLineRun.load(url, "-s", "broadcast", "--connect-timeout", "300ms"),
                    1,
                    "did not send the event \"broadcast\" back");
        } finally {
            io.closeAsync().get(20, TimeUnit.SECONDS);
        }
    }

    @Test
    void tooFewFileDescriptorsOrPortsAreReportedBeforeTheRun() {
        LoadPlan plan = plan("-c", "5000");
        assertThat(Limits.descriptors(plan, 1024))
                .contains(
                        "5,000 connections need about 5,100 file descriptors",
                        "limit of this process is 1,024",
                        "ulimit -n 5100");
        assertThat(Limits.descriptors(plan, 6000)).isNull();
        assertThat(Limits.descriptors(plan("-c", "5000", "-s", "polling"), 6000))
                .contains("10,100 file descriptors");
        assertThat(Limits.ports(plan, 4000)).contains("ip_local_port_range");
        assertThat(Limits.ports(plan, 28_232)).isNull();
        assertOutput(CommandLineRun.load("http://127.0.0.1:1", "-c", "2000000"), 1, "file descriptors", "ulimit -n");
    }

    @Test
    void anInvalidScriptIsReportedBeforeTheRun() throws Exception {
        Path script = folder.resolve("a.yaml");
        Files.writeString(script, "scenarios:\n  - steps: [connect, {shout: hello}]\n");
        assertOutput(
                CommandLineRun.load("http://127.0.0.1:1", "--script", script.toString()),
                2,
                "a.yaml: scenarios[1].steps[2]: unknown step \"shout\"; available: connect, join");
    }

    private static LoadPlan plan(String... args) {
        PlanArguments arguments = new PlanArguments();
        String[] all = new String[args.length + 1];
        all[0] = "http://127.0.0.1:1";
        System.arraycopy(args, 0, all, 1, args.length);
        new picocli.CommandLine(picocli.CommandLine.Model.CommandSpec.create().addMixin("plan", spec(arguments)))
                .parseArgs(all);
        try {
            return arguments.plan();
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static picocli.CommandLine.Model.CommandSpec spec(PlanArguments arguments) {
        return picocli.CommandLine.Model.CommandSpec.forAnnotatedObject(arguments);
    }
}
