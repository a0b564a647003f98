package dev.sockeye.verification.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.verification.host.Host;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Short forms of the long runs of ./sockeye-verify, each in a separate JVM. */
@Timeout(value = 240)
@DisplayName("Leak checks")
class ResourceLeakTest {

    @Test
    void nothingLeaksAfterTwoThousandConnectionsOfAllKinds() throws Exception {
        assertThat(run("soak", "--cycles", "2000", "--workers", "4")).contains("no leaks");
    }

    @Test
    void nothingLeaksAfterFiveHundredOpenAndFiveHundredShortLivedClients() throws Exception {
        assertThat(run("client-scale", "--clients", "500", "--cycles", "500", "--workers", "4"))
                .contains("no leaks");
    }

    @Test
    void aStalledReaderIsClosedWithItsReasonAndTheHeapStaysFlat() throws Exception {
        assertThat(run("stalled-reader", "--messages", "50000"))
                .contains("the stalled reader was closed: outbound buffer overflow")
                .contains("the heap stayed flat");
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NETTY")
    void nothingLeaksInAContainerAfterFiveHundredConnectionsOfAllKinds(Host host) throws Exception {
        assertThat(run("soak", "--cycles", "500", "--workers", "4", "--host", host.toString()))
                .contains("no leaks");
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NETTY")
    void aStalledReaderInAContainerIsClosedAndTheHeapStaysFlat(Host host) throws Exception {
        assertThat(run("stalled-reader", "--messages", "50000", "--host", host.toString()))
                .contains("the stalled reader was closed: outbound buffer overflow")
                .contains("the heap stayed flat");
    }

    @Test
    void everyDecoderSurvivesMutatedInput() throws Exception {
        assertThat(run("fuzz", "--inputs", "150000")).contains("no decoder failed");
    }

    private static String run(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.sockeye.verification.Verify"));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).as(output).isZero();
            return output;
        } finally {
            process.destroyForcibly();
        }
    }
}
