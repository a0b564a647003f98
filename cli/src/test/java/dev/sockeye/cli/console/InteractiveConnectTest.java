package dev.sockeye.cli.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sockeye.socketio.client.ClientOptions;
import dev.sockeye.socketio.client.SocketIoClient;
import dev.sockeye.socketio.server.SocketIoServer;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jline.terminal.Size;
import org.jline.terminal.impl.ExternalTerminal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code sockeye connect} without {@code --emit}: with pipes, in a separate process, and in a terminal. */
@Timeout(120)
class InteractiveConnectTest {
    private static final String TIME = "\\d\\d:\\d\\d:\\d\\d\\.\\d{3}";
    private SocketIoServer io;

    @TempDir
    private Path folder;

    @BeforeEach
    void start() throws Exception {
        io = SocketIoServer.create();
        io.onConnection(socket -> {
            socket.on("hello", String.class, (name, ack) -> ack.send("Hello, " + name + "!", Map.of("n", 1)));
            socket.on("silent", (args, ack) -> {});
            socket.on("back", (args, ack) -> {
                for (int i = 0; i < args.size(); i++) {
                    socket.emit("it is", args.get(i));
                }
            });
            socket.on("bytes", () -> socket.emit("bytes", (Object) new byte[] {1, 2, 3}));
            socket.on("steer", () -> socket.emit("steer", "\u009b31m"));
            socket.on("kick", () -> socket.disconnect());
            socket.on("block", () -> socket.disconnect("you are blocked"));
        });
        io.of("/closed").use((socket, next) -> next.fail("members only", Map.of("code", 7)));
        io.listen(0);
    }

    @AfterEach
    void stop() throws Exception {
        io.closeAsync().get();
    }

    private record Ended(int code, String out, String err) {}

    private static Process start(String... args) throws Exception {
        String classes = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                classes,
                "dev.sockeye.cli.Main",
                "connect"));
        command.addAll(List.of(args));
        return new ProcessBuilder(command).start();
    }

    /** Runs the command as the shell does, with pipes. */
    private static Ended pipe(String input, String... args) throws Exception {
        Process process = start(args);
        CompletableFuture<String> err = CompletableFuture.supplyAsync(() -> text(process.getErrorStream()));
        CompletableFuture<String> out = CompletableFuture.supplyAsync(() -> text(process.getInputStream()));
        try (OutputStream in = process.getOutputStream()) {
            in.write(input.getBytes(StandardCharsets.UTF_8));
        }
        assertThat(process.waitFor(40, TimeUnit.SECONDS)).as("the command ends").isTrue();
        return new Ended(process.exitValue(), out.get(), err.get());
    }

    private static String text(InputStream in) {
        try {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Test
    void pipedLinesAreSentAndOutputHasNoEscapeSequences() throws Exception {
        Ended ended =
                pipe("back {\"a\": 1} \"ä\" null\n\nbytes\nsteer\n?hello \"Ann\"", "http://127.0.0.1:" + io.port());
        assertThat(ended.err()).isEmpty();
        assertThat(ended.code()).isZero();
        assertThat(ended.out().lines().map(line -> line.replaceFirst("^" + TIME + " ", "")))
                .satisfies(lines -> assertThat(lines.get(0)).matches("\\* connected as \\S{20}"))
                .contains(
                        "< \"it is\" {\"a\":1}",
                        "< \"it is\" \"ä\"",
                        "< \"it is\" null",
                        "< bytes \"<3 bytes: 010203>\"",
                        "< steer \"\uFFFD31m\"",
                        "= hello \"Hello, Ann!\" {\"n\":1}");
        assertThat(ended.out()).doesNotContain("\u001b");
    }

    @Test
    void failuresInAPipeGoToStderrAndExitWithCode1() throws Exception {
        String url = "http://127.0.0.1:" + io.port();
        Ended ended = pipe("hello Ann\n?silent\n?hello \"Bob\"\n", url, "--timeout", "3", "--transport", "websocket");
        assertThat(ended.code()).isEqualTo(1);
        assertThat(ended.err()).contains("strings need double quotes").contains("no acknowledgement of silent in time");
        assertThat(ended.out()).contains("Hello, Bob!");
        Ended closed = pipe("", url + "/closed");
        assertThat(closed.code()).isEqualTo(1);
        assertThat(closed.err().lines()).singleElement().asString().endsWith("! members only {\"code\":7}");
    }

    /** As in {@code sockeye connect ... | head -1}, with an input that does not end. */
    @Test
    void theCommandEndsWhenNobodyReadsItsOutput() throws Exception {
        Process process = start("http://127.0.0.1:" + io.port(), "--timeout", "30");
        try {
            try (BufferedReader out =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
                assertThat(out.readLine()).contains("connected as");
            }
            await().atMost(Duration.ofSeconds(40)).until(() -> {
                io.emit("news");
                return !process.isAlive();
            });
            assertThat(process.exitValue()).isEqualTo(1);
        } finally {
            process.destroyForcibly();
        }
    }

    /** A terminal whose keys are pressed, and whose screen is read, by the test. */
    private final class Typist implements AutoCloseable {
        private final PipedOutputStream keys = new PipedOutputStream();
        private final ByteArrayOutputStream screen = new ByteArrayOutputStream();
        private final SocketIoClient client = SocketIoClient.create();
        private final ExternalTerminal terminal;
        final CompletableFuture<Boolean> ended = new CompletableFuture<>();

        Typist(Path history) throws IOException {
            terminal = new ExternalTerminal(
                    "test", "xterm-256color", new PipedInputStream(keys, 4096), screen, StandardCharsets.UTF_8);
            terminal.setSize(Size.of(120, 30));
            TerminalScreen lines = new TerminalScreen(terminal, history);
            ClientOptions options = ClientOptions.builder().autoConnect(false).build();
            String url = "http://127.0.0.1:" + io.port();
            new Thread(() -> {
                        try {
                            ended.complete(new Console(lines, lines::offer, Duration.ofSeconds(10))
                                    .run(setup -> client.socket(url, options, setup), lines::read, false));
                        } catch (IOException | InterruptedException | RuntimeException e) {
                            ended.completeExceptionally(e);
                        }
                    })
                    .start();
            sees("connected as");
            sees("> ");
        }

        void types(String text) throws IOException {
            screen.reset();
            keys.write(text.getBytes(StandardCharsets.UTF_8));
            keys.flush();
        }

        /** The escape sequences that steer the cursor are left out, those of colours stay. */
        String shown() {
            return screen.toString(StandardCharsets.UTF_8).replaceAll("\u001b\\[[?0-9;]*[A-Za-ln-z]", "");
        }

        void sees(String text) {
            await().untilAsserted(() -> assertThat(shown()).contains(text));
        }

        void leaves() throws Exception {
            types("\u0004");
            assertThat(ended.get(10, TimeUnit.SECONDS)).isTrue();
        }

        @Override
        public void close() throws IOException {
            client.close();
            terminal.close();
        }
    }

    @Test
    void aTerminalShowsTimeAndColours() throws Exception {
        try (Typist typist = new Typist(null)) {
            typist.types("?hello \"Ann\"\r");
            typist.sees("Hello, Ann!");
            await().untilAsserted(() -> assertThat(typist.shown())
                    .containsPattern("\u001b\\[2m" + TIME + "\u001b\\[[0-9;]*32;?[0-9]*m = hello"));
            typist.types("back 5\r");
            typist.sees("\"it is\"");
            assertThat(typist.shown()).containsPattern("\u001b\\[[0-9;]*36;?[0-9]*m < \"it");
            typist.leaves();
        }
    }

    @Test
    void tabCompletesTheNamesOfReceivedEvents() throws Exception {
        try (Typist typist = new Typist(null)) {
            typist.types("back 5\r");
            typist.sees("\"it is\"");
            typist.types("\"it\t");
            typist.sees("\"it is\"");
            typist.types("\u0015"); // the line is discarded
            typist.leaves();
        }
    }

    @Test
    void historyIsKeptInAFileThatOnlyItsOwnerCanAccess() throws Exception {
        Path history = folder.resolve("history");
        try (Typist typist = new Typist(history)) {
            typist.types("back \"before\"\r");
            typist.sees("before");
            typist.leaves();
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(history)))
                .isEqualTo("rw-------");
        try (Typist typist = new Typist(history)) {
            typist.types("\u001bOA\r");
            typist.sees("\"it is\"");
            typist.leaves();
        }
    }

    @Test
    void theNextLineReconnectsAfterTheServerDisconnects() throws Exception {
        try (Typist typist = new Typist(null)) {
            typist.types("kick\r");
            typist.sees("disconnected: io server disconnect; type a line to reconnect");
            typist.types("block\r");
            typist.sees("disconnected: io server disconnect (you are blocked); type a line to reconnect");
            typist.types("?hello \"Ann\"\r");
            typist.sees("Hello, Ann!");
            typist.leaves();
        }
    }
}
