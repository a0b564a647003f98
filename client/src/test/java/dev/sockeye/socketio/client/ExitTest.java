package dev.sockeye.socketio.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The JVM ends by itself although a client is open. */
@Timeout(40)
class ExitTest {
    private static String run(String... args) throws Exception {
        String classes = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                classes,
                ExitProgram.class.getName()));
        command.addAll(List.of(args));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        boolean ended = process.waitFor(15, TimeUnit.SECONDS);
        if (!ended) {
            process.destroyForcibly();
        }
        assertThat(ended).as("the program ends").isTrue();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).trim();
    }

    @Test
    @Tag("sioc.node.01")
    void with_an_open_connection() throws Exception {
        assertThat(run(NodeServers.main())).isEqualTo("connected");
    }

    @Test
    @Tag("sioc.node.02")
    void while_connecting_again_to_a_dead_port() throws Exception {
        assertThat(run("http://127.0.0.1:" + FailureTest.deadPort())).isEqualTo("not connected");
    }

    @Test
    @Tag("sioc.node.03")
    @Tag("sioc.node.04")
    void with_one_transport_only() throws Exception {
        assertThat(run(NodeServers.main(), "POLLING")).isEqualTo("connected");
        assertThat(run(NodeServers.main(), "WEBSOCKET")).isEqualTo("connected");
    }
}
