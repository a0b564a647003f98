package dev.sockeye.jakarta;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("A redeployed application")
@Timeout(120)
final class RedeployTest {

    @ParameterizedTest
    @EnumSource
    void leavesNoThreadBehind(Container.Kind kind) throws Exception {
        Process program = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        // what Tomcat needs for its search for leaks
                        "--add-opens=java.base/java.lang=ALL-UNNAMED",
                        "--add-opens=java.rmi/sun.rmi.transport=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        RedeployProgram.class.getName(),
                        kind.name()))
                .redirectErrorStream(true)
                .start();
        try {
            String output = new String(program.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(program.waitFor(10, TimeUnit.SECONDS)).isTrue();
            assertThat(output)
                    .contains("deployment 1 has ended", "deployment 2 has ended", "deployment 3 has ended")
                    .doesNotContain("LEFT", "thread named [sockeye", "thread named [CompletableFuture");
            assertThat(program.exitValue()).as(output).isZero();
        } finally {
            program.destroyForcibly();
        }
    }
}
