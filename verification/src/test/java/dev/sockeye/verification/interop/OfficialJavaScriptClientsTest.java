package dev.sockeye.verification.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;

import dev.sockeye.socketio.protocol.MsgpackParser;
import dev.sockeye.socketio.server.HandlerExecution;
import dev.sockeye.verification.host.Host;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The official JavaScript clients from npm, in Node, against real servers. The scenarios are in src/test/js. */
@DisplayName("The official JavaScript client")
@ParameterizedClass
@EnumSource(Host.class)
class OfficialJavaScriptClientsTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Path SCRIPTS = Path.of("src/test/js").toAbsolutePath();

    private static final Map<String, InteropServer> SERVERS = new LinkedHashMap<>();

    @Parameter
    Host host;

    @BeforeParameterizedClassInvocation
    static void start(Host host) {
        assertThat(Files.isDirectory(SCRIPTS.resolve("node_modules")))
                .as("packages of %s (./test installs them: npm ci)", SCRIPTS)
                .isTrue();
        SERVERS.put("main", InteropServer.start(host, 0, options -> options));
        SERVERS.put(
                "big",
                InteropServer.start(
                        host, 0, options -> options.engine(engine -> engine.maxHttpBufferSize(20_000_000))));
        SERVERS.put("recovery", InteropServer.start(host, 0, options -> options.connectionStateRecovery(true)));
        SERVERS.put("msgpack", InteropServer.start(host, 0, options -> options.parser(MsgpackParser.create())));
        // where handlers run on the loop, nothing can be written between two of their sends
        SERVERS.put("loop", InteropServer.start(host, 0, options -> options.execution(HandlerExecution.eventLoop())));
        SERVERS.put(
                "brisk", InteropServer.start(host, 0, options -> options.engine(InteropServer.heartbeat(100, 5_000))));
        // a servlet container compresses every message
        int threshold = host == Host.NETTY ? 1024 : 0;
        SERVERS.put(
                "deflate",
                InteropServer.start(
                        host, 0, options -> options.perMessageDeflate(deflate -> deflate.threshold(threshold))));
        SERVERS.put("eio3", InteropServer.start(host, 0, options -> options.engine(engine -> engine.allowEIO3(true))));
        SERVERS.put(
                "hasty",
                InteropServer.start(
                        host,
                        0,
                        options -> options.engine(
                                engine -> InteropServer.heartbeat(200, 300).apply(engine.allowEIO3(true)))));
        SERVERS.put(
                "eio3fast",
                InteropServer.start(
                        host,
                        0,
                        options -> options.engine(
                                engine -> InteropServer.heartbeat(150, 2_000).apply(engine.allowEIO3(true)))));
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        SERVERS.values().forEach(InteropServer::close);
        SERVERS.clear();
    }

    @TestFactory
    Stream<DynamicTest> version4() throws IOException, InterruptedException {
        return run("official-4.mjs");
    }

    @TestFactory
    Stream<DynamicTest> version2() throws IOException, InterruptedException {
        return run("official-2.mjs");
    }

    private record Result(String name, boolean ok, String error) {}

    private Stream<DynamicTest> run(String script) throws IOException, InterruptedException {
        Map<String, String> urls = new LinkedHashMap<>();
        SERVERS.forEach((name, server) -> urls.put(name, server.url()));
        Process node = new ProcessBuilder(
                        "node",
                        SCRIPTS.resolve("interop.mjs").toString(),
                        SCRIPTS.resolve(script).toString(),
                        JSON.writeValueAsString(urls))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        List<Result> results = new ArrayList<>();
        boolean done = false;
        try (BufferedReader lines = node.inputReader(StandardCharsets.UTF_8);
                Writer answers = node.outputWriter(StandardCharsets.UTF_8)) {
            Side side = new Side(host);
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (!line.startsWith("{")) {
                    continue;
                }
                JsonNode message = JSON.readTree(line);
                if (message.has("ask")) {
                    answers.write(JSON.writeValueAsString(
                                    side.answer(message.get("ask").asString()))
                            + "\n");
                    answers.flush();
                } else if (message.has("done")) {
                    done = true;
                } else {
                    results.add(new Result(
                            message.get("name").asString(),
                            message.get("ok").asBoolean(),
                            message.path("error").asString("")));
                }
            }
            side.close();
        } finally {
            node.destroy();
            node.waitFor(5, TimeUnit.SECONDS);
        }
        boolean complete = done;
        List<DynamicTest> tests = new ArrayList<>(results.stream()
                .map(result -> DynamicTest.dynamicTest(result.name(), () -> {
                    if (!result.ok()) {
                        fail(result.name() + ": " + result.error());
                    }
                }))
                .toList());
        tests.add(DynamicTest.dynamicTest(
                script + " runs to its end",
                () -> assertThat(complete)
                        .as("%s ended after %s scenarios", script, results.size())
                        .isTrue()));
        return tests.stream();
    }

    /** The requests of a scenario to the server side. */
    private static final class Side {
        private final Host host;
        private InteropServer server;
        private int port;

        Side(Host host) {
            this.host = host;
        }

        String answer(String verb) {
            switch (verb) {
                case "start", "start-again" -> {
                    server = InteropServer.start(host, port, options -> options);
                    port = server.port();
                    return server.url();
                }
                case "stop" -> {
                    close();
                    return "stopped";
                }
                default -> throw new IllegalArgumentException(verb);
            }
        }

        void close() {
            if (server != null) {
                server.close();
                server = null;
            }
        }
    }
}
