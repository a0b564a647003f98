package dev.sockeye.cli.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sockeye.cli.load.plan.Scope;
import dev.sockeye.cli.load.plan.Script;
import dev.sockeye.cli.load.plan.ScriptReader;
import dev.sockeye.cli.load.plan.Template;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ScriptsTest {
    @TempDir
    Path folder;

    private Script read(String text) throws Exception {
        Path file = folder.resolve("s.yaml");
        Files.writeString(file, text);
        return ScriptReader.read(file, Duration.ofSeconds(10));
    }

    private JsonNode run(ContractServer server, String text, String... more) throws Exception {
        Path file = folder.resolve("s.yaml");
        Files.writeString(file, text);
        String[] args = new String[more.length + 5];
        System.arraycopy(
                new String[] {server.url(), "--script", file.toString(), "--json", "--no-check"}, 0, args, 0, 5);
        System.arraycopy(more, 0, args, 5, more.length);
        CommandLineRun run = CommandLineRun.load(args);
        assertThat(run.err).isEmpty();
        return JsonMapper.shared().readTree(run.out);
    }

    @Test
    void aScriptRunsEmitExpectAndThinkSteps() throws Exception {
        Queue<Object> seen = new ConcurrentLinkedQueue<>();
        try (ContractServer server = new ContractServer(socket -> {
            seen.add(String.valueOf(socket.handshake().auth()));
            socket.on("room", (args, ack) -> seen.add(args.get(1)));
        })) {
            JsonNode result = run(server, """
                name: chat
                vars: {greeting: [hello, hello]}
                load:
                  - {users: 4, over: 300ms}
                  - {users: 4, over: 2s}
                scenarios:
                  - name: talker
                    weight: 3
                    steps:
                      - connect: {auth: {token: "t${user}"}}
                      - join: lobby
                      - repeat: 3
                        steps:
                          - emit: {event: echo, args: ["${greeting} ${user}-${uuid}"], ack: true, save: said, answer: ["${said}"], name: ask}
                          - emit: {event: room, args: [lobby, "${said}"]}
                          - expect: {event: room, args: ["${said}"], within: 5s}
                          - think: 10ms..20ms
                  - name: idler
                    steps:
                      - connect
                      - think: 100ms
                      - disconnect
                """.replace(", answer: [\"${said}\"]", ""));
            assertThat(result.get("scenario").asString()).isEqualTo("chat");
            assertThat(result.get("errorCount").asInt())
                    .as(result.get("errors").toString())
                    .isZero();
            assertThat(result.get("timesMs").get("ask").get("count").asInt()).isGreaterThan(3);
            assertThat(result.get("timesMs").get("expect room").get("count").asInt())
                    .isGreaterThan(3);
            assertThat(result.get("timesMs").get("all steps").get("count").asInt())
                    .isEqualTo(result.get("timesMs").get("ask").get("count").asInt()
                            + result.get("timesMs")
                                    .get("expect room")
                                    .get("count")
                                    .asInt());
            assertThat(seen).anyMatch(each -> String.valueOf(each).startsWith("hello "));
            assertThat(seen).anyMatch(each -> String.valueOf(each).matches("\\{token=t\\d}"));
        }
    }

    @Test
    void missingEventsAndWrongAnswersAreErrorsOfTheirStep() throws Exception {
        try (ContractServer server = new ContractServer()) {
            JsonNode result = run(server, """
                scenarios:
                  - steps:
                      - connect
                      - expect: {event: never, within: 50ms}
                  - steps:
                      - connect
                      - emit: {event: nobody listens, ack: 50ms}
                  - steps:
                      - connect
                      - emit: {event: echo, args: [1], ack: true, answer: [2]}
                """, "-c", "6", "-d", "2500ms");
            assertThat(result.get("errors").propertyNames())
                    .containsExactlyInAnyOrder(
                            "not received: expect never", "no answer: nobody listens", "wrong answer: echo");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "name: x | requires \"scenarios\"",
                "scenarios: [] | scenarios: must be a list with at least one entry",
                "scenarios: [{steps: [{emit: {event: a}}]}] | scenarios[1].steps: must start with connect",
                "scenarios: [{steps: [connect, {emit: {args: [1]}}]}] | scenarios[1].steps[2].emit.event: is missing",
                "scenarios: [{steps: [connect, {emit: {event: a, wait: 1}}]}] | unknown name \"wait\"; available:"
                        + " event, args",
                "scenarios: [{steps: [connect, {emit: {event: a, save: b}}]}] | require \"ack: true\"",
                "scenarios: [{steps: [connect, {emit: {event: a, args: [\"${b}\"]}}]}] | ${b} is unknown here",
                "scenarios: [{steps: [connect, {think: 3s..1s}]}] | is not a time",
                "scenarios: [{steps: [connect, {think: long}]}] | \"long\" is not a duration",
                "scenarios: [{steps: [connect, {repeat: forever, steps: [{emit: {event: a}}]}]}] | repeats forever"
                        + " without a pause",
                "scenarios: [{steps: [connect, {repeat: 0, steps: [disconnect]}]}] | must be a whole number from 1",
                "{vars: {a: &x [1], b: *x}, scenarios: [{steps: [connect]}]} | line 1: the alias \"*x\" is not"
                        + " supported",
                "scenarios: [{steps: [connect], steps: [disconnect]}] | Duplicate",
                "scenarios: [{weight: .inf, steps: [connect]}] | weight: must be a number greater than 0",
                "scenarios: [{weight: .nan, steps: [connect]}] | weight: must be a number greater than 0",
                "scenarios: [{steps: [connect, {think: 2000h}]}] | is too long",
                "scenarios: [{weight: 0, steps: [connect]}] | weight: must be a number greater than 0",
                "scenarios: [{steps: [connect]}], load: 5 | no valid YAML",
                "{scenarios: [{steps: [connect]}], load: [{users: many, over: 1s}]} | load[1].users: must be a whole"
                        + " number",
            })
    void scriptErrorsAreReportedWithTheirLocation(String text, String sentence) {
        assertThatThrownBy(() -> read(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("s.yaml")
                .hasMessageContaining(sentence);
    }

    @Test
    void aScriptThatIsNotUtf8IsReported() throws Exception {
        Path file = folder.resolve("latin.yaml");
        Files.write(file, "name: caf\u00e9".getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> ScriptReader.read(file, Duration.ofSeconds(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("latin.yaml is not a text in UTF-8");
    }

    @Test
    void anyNamespaceCanBeJoinedAndTheOneOfTheUrlIsTheDefault() throws Exception {
        Queue<String> joined = new ConcurrentLinkedQueue<>();
        try (ContractServer server = new ContractServer()) {
            for (String name : List.of("/my room", "/a?b#c", "/admin")) {
                server.io.of(name).onConnection(socket -> joined.add(name));
            }
            Path file = folder.resolve("s.yaml");
            Files.writeString(file, """
                vars: {space: my room}
                scenarios:
                  - steps: [connect, {think: 50ms}, connect: {namespace: "${space}"}]
                  - steps: [connect: {namespace: /a?b#c}, {think: 50ms}]
                """);
            CommandLineRun run = CommandLineRun.load(
                    server.url() + "/admin", "--script", file.toString(), "-c", "4", "-d", "1s", "--json");
            assertThat(run.err).isEmpty();
            assertThat(JsonMapper.shared().readTree(run.out).get("errorCount").asInt())
                    .isZero();
            assertThat(joined).contains("/my room", "/a?b#c", "/admin");
        }
    }

    @Test
    void theCheckOfTheServerUsesTheCredentialsOfTheScript() throws Exception {
        try (ContractServer server = new ContractServer()) {
            server.io.use((socket, next) -> {
                if (String.valueOf(socket.handshake().auth().get("token")).startsWith("secret-")) {
                    next.next();
                } else {
                    next.fail("no token");
                }
            });
            Path file = folder.resolve("s.yaml");
            Files.writeString(file, """
                vars: {kind: [secret]}
                scenarios:
                  - steps: [connect: {auth: {token: "${kind}-${user}"}}, {think: 100ms}]
                """);
            CommandLineRun run =
                    CommandLineRun.load(server.url(), "--script", file.toString(), "-c", "2", "-d", "300ms", "--json");
            assertThat(run.err).isEmpty();
            assertThat(run.code).isZero();
        }
    }

    @Test
    void theScriptInTheDocumentationIsValid() throws Exception {
        String page = Files.readString(Path.of("../docs/load-testing.md"));
        int from = page.indexOf("```yaml\n") + 8;
        Script script = read(page.substring(from, page.indexOf("```", from)));
        assertThat(script.roles()).extracting(Script.Role::name).containsExactly("talker", "reader");
        assertThat(script.length()).isEqualTo(Duration.ofSeconds(160));
    }

    @Test
    void theNumberOfUsersIsInterpolatedLinearlyBetweenStages() throws Exception {
        Script script = read("{load: [{users: 100, over: 10s}, {users: 100, over: 5s}, {users: 0, over: 5s}],"
                + " scenarios: [{steps: [connect]}]}");
        assertThat(script.length()).isEqualTo(Duration.ofSeconds(20));
        assertThat(List.of(0, 5, 10, 12, 15, 18, 20).stream().map(s -> script.usersAt(s * 1_000_000_000L)))
                .containsExactly(0, 50, 100, 100, 100, 40, 0);
    }

    @Test
    void rolesAreAssignedByWeight() throws Exception {
        Script script =
                read("scenarios: [{name: a, weight: 8, steps: [connect]}, {name: b, weight: 2, steps: [connect]}]");
        long first = java.util.stream.IntStream.range(0, 100)
                .filter(user -> script.role(user).name().equals("a"))
                .count();
        assertThat(first).isBetween(78L, 82L);
        assertThat(java.util.stream.IntStream.range(0, 10)
                        .filter(user -> script.role(user).name().equals("b"))
                        .count())
                .isBetween(1L, 3L);
    }

    @Test
    void aTemplateResolvesToTheValueOrInterpolatesItIntoText() {
        Scope scope = new Scope(7, 4);
        scope.save("reply", Map.of("token", 42, "list", List.of("x", "y")));
        assertThat(Template.of(List.of("${user}", "u${user}", "${reply.token}", "${reply.list.1}", "${payload}"))
                        .list(scope))
                .containsExactly(7, "u7", 42, "y", "abcd");
        assertThat(Template.of(Map.of("a", List.of("${gone}"))).resolve(scope))
                .isEqualTo(Map.of("a", java.util.Collections.singletonList(null)));
    }

    @Test
    void listsMatchByPrefixAndMapsByTheKeysOfThePattern() {
        assertThat(Template.matches(List.of(1), List.of(1.0, "more"))).isTrue();
        assertThat(Template.matches(Map.of("a", 1), Map.of("a", 1L, "b", 2))).isTrue();
        assertThat(Template.matches(Map.of("a", 1), Map.of("b", 1))).isFalse();
        assertThat(Template.matches(List.of(1, 2), List.of(1))).isFalse();
    }
}
