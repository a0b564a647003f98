package dev.sockeye.socketio.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The JVM exits although a client is open. */
@Timeout(90)
class ExitTest {
    /** A busy machine may take long to start a JVM; the program waits no longer than it needs. */
    private static final String PATIENCE = "30000";

    private static Process start(String... args) throws IOException {
        String classes = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                classes,
                ExitProgram.class.getName()));
        command.addAll(List.of(args));
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    private static String run(String... args) throws Exception {
        Process process = start(args);
        boolean ended = process.waitFor(40, TimeUnit.SECONDS);
        if (!ended) {
            process.destroyForcibly();
        }
        assertThat(ended).as("the program ends").isTrue();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).trim();
    }

    @ParameterizedTest
    @EnumSource(TestServers.class)
    @Tag("sioc.node.01")
    @Tag("eioc.node.01")
    void theJvmExitsWithAnOpenConnection(TestServers server) throws Exception {
        assertThat(run(server.main(), PATIENCE)).isEqualTo("connected");
    }

    @Test
    @Tag("sioc.node.02")
    void theJvmExitsWhileReconnectingToAClosedPort() throws Exception {
        assertThat(run("http://127.0.0.1:" + FailureTest.deadPort(), "500")).isEqualTo("not connected");
    }

    @ParameterizedTest
    @EnumSource(TestServers.class)
    @Tag("sioc.node.03")
    @Tag("sioc.node.04")
    @Tag("eioc.node.02")
    @Tag("eioc.node.03")
    void theJvmExitsWithASingleTransport(TestServers server) throws Exception {
        assertThat(run(server.main(), PATIENCE, "POLLING")).isEqualTo("connected");
        assertThat(run(server.main(), PATIENCE, "WEBSOCKET")).isEqualTo("connected");
    }

    @Test
    @Tag("sioc.node.05")
    @Tag("eioc.node.04")
    void theJvmStaysAliveWithUserSuppliedNonDaemonEventLoops() throws Exception {
        Process process = start(TestServers.SOCKEYE.main(), PATIENCE, "GROUP");
        try (BufferedReader out = process.inputReader()) {
            assertThat(out.readLine()).isEqualTo("connected");
            assertThat(process.waitFor(500, TimeUnit.MILLISECONDS))
                    .as("it has exited")
                    .isFalse();
        } finally {
            process.destroyForcibly();
        }
    }
}
