package dev.sockeye.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.File;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.ServerSocket;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class MainTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void versionOptionPrintsTheVersion() {
        assertThat(run("--version")).isZero();
        assertThat(out.toString()).matches("sockeye \\d+\\.\\d+\\.\\d+\\S*\\R");
    }

    @Test
    void helpListsTheCommandsAndIsPrintedWithoutArguments() {
        assertThat(run("--help")).isZero();
        assertThat(out.toString()).contains("chat");
        assertThat(run()).isZero();
        assertThat(out.toString()).contains("Commands:");
    }

    @Test
    void onlyTheRequestedSubcommandIsRegistered() {
        CommandLine all = Main.commandLine(new String[] {"--help"});
        assertThat(all.getSubcommands()).containsOnlyKeys("chat", "connect", "emit", "load");
        all.getSubcommands().forEach((name, command) -> {
            assertThat(command.getCommandName()).isEqualTo(name);
            assertThat(Main.commandLine(new String[] {name, "--help"}).getSubcommands())
                    .containsOnlyKeys(name);
        });
    }

    @Test
    void aPortInUseIsReportedInOneLineWithExitCode1() throws Exception {
        try (ServerSocket taken = new ServerSocket(0)) {
            assertThat(run("chat", "--port", String.valueOf(taken.getLocalPort())))
                    .isEqualTo(1);
            assertThat(err.toString().lines())
                    .singleElement()
                    .asString()
                    .contains(":" + taken.getLocalPort())
                    .contains("in use");
        }
    }

    @Test
    void anInvalidPortIsRejected() {
        assertThat(run("chat", "--port", "70000")).isEqualTo(2);
        assertThat(err.toString()).contains("--port must be 0 to 65535, was 70000");
        assertThat(run("chat", "--port", "web")).isEqualTo(2);
    }

    @Test
    void invalidArgumentsAreReportedInTwoLinesWithoutTheUsage() {
        assertThat(run("load", "htp://localhost:3000")).isEqualTo(2);
        assertThat(err.toString().lines())
                .containsExactly(
                        "sockeye: \"htp://localhost:3000\" begins with htp://; a Socket.IO server is at http://,"
                                + " https://, ws:// or wss://",
                        "\"sockeye load --help\" shows the usage.");
        err.getBuffer().setLength(0);
        assertThat(run("load", "--asert", "p99<1s", "http://localhost:3000")).isEqualTo(2);
        assertThat(err.toString()).contains("'--asert'").contains("--assert\n");
    }

    @Test
    void outputThatCannotBeWrittenIsAFailure() throws Exception {
        File full = new File("/dev/full");
        assumeThat(full).exists();
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        "dev.sockeye.cli.Main",
                        "--version")
                .redirectOutput(full)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(process.waitFor()).isEqualTo(1);
    }

    private int run(String... args) {
        CommandLine line = Main.commandLine();
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        return line.execute(args);
    }
}
