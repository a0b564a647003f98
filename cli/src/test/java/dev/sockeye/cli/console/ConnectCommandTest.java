package dev.sockeye.cli.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.socketio.server.SocketIoServer;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import picocli.CommandLine;

@Timeout(60)
class ConnectCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private SocketIoServer io;

    @BeforeEach
    void start() throws Exception {
        io = SocketIoServer.create();
        io.onConnection(socket -> {
            socket.on("hello", String.class, (name, ack) -> ack.send("Hello, " + name + "!", Map.of("n", 1)));
            socket.on("silent", String.class, text -> {});
        });
        io.of("/closed").use((socket, next) -> next.fail("members only", Map.of("code", 7)));
        io.listen(0);
    }

    @AfterEach
    void stop() throws Exception {
        io.closeAsync().get();
    }

    @Test
    void emitPrintsTheAcknowledgementAsJsonAndExits0OnEachTransport() {
        for (String transport : new String[] {"polling", "websocket"}) {
            out.getBuffer().setLength(0);
            assertThat(run(url(), "--transport", transport, "--emit", "hello \"Ann\""))
                    .isZero();
            assertThat(out.toString().strip()).isEqualTo("[\"Hello, Ann!\",{\"n\":1}]");
            assertThat(err.toString()).isEmpty();
        }
    }

    @Test
    void aMissingAcknowledgementExitsWithCode1AndTheReasonOnStderr() {
        assertThat(run(url(), "--timeout", "0.5", "--emit", "silent \"x\"")).isEqualTo(1);
        assertThat(err.toString().strip()).isEqualTo("sockeye: no acknowledgement of silent in time");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void aConnectErrorIsPrintedWithItsData() {
        assertThat(run(url(), "--namespace", "/closed", "--emit", "hello")).isEqualTo(1);
        assertThat(err.toString()).contains("members only").contains("{\"code\":7}");
    }

    @Test
    void invalidArgumentsExitWithCode2() {
        assertThat(run(url(), "--emit", "hello Ann")).isEqualTo(2);
        assertThat(err.toString()).contains("strings need double quotes");
        assertThat(run("localhost:3000", "--emit", "hello")).isEqualTo(2);
        assertThat(run(url(), "--transport", "pigeon", "--emit", "hello")).isEqualTo(2);
        assertThat(run(url(), "--auth", "{", "--emit", "hello")).isEqualTo(2);
        assertThat(run(url(), "--auth", "{token: s3cret}", "--emit", "hello")).isEqualTo(2);
        assertThat(run(url(), "--auth", "\"s3cret\" 2", "--emit", "hello")).isEqualTo(2);
        assertThat(err.toString()).contains("--auth").doesNotContain("s3cret");
    }

    @Test
    void textsOfTheServerCannotChangeTheTerminal() {
        io.of("/steering").use((socket, next) -> next.fail("\u001b[2Jno"));
        io.of("/csi").onConnection(socket -> socket.on("steer", (args, ack) -> ack.send("\u009b2J\u007f")));
        assertThat(run(url() + "/steering", "--emit", "hello")).isEqualTo(1);
        assertThat(err.toString()).contains("no").doesNotContain("\u001b");
        assertThat(run(url() + "/csi", "--emit", "steer")).isZero();
        assertThat(out.toString().strip()).isEqualTo("[\"\\u009b2J\\u007f\"]");
    }

    private String url() {
        return "http://127.0.0.1:" + io.port();
    }

    private int run(String... args) {
        CommandLine line = new CommandLine(new ConnectCommand());
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        return line.execute(args);
    }
}
