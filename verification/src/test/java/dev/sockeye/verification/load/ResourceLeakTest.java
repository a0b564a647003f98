package dev.sockeye.verification.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.verification.host.Host;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Short forms of the long runs of ./sockeye-verify, each in a separate JVM, two at a time, because they wait more than they compute. */
@Timeout(value = 480)
@DisplayName("Leak checks")
class ResourceLeakTest {
    private static final String SOAK = "soak --cycles 2000 --workers 4";
    private static final String CLIENT_SCALE = "client-scale --clients 500 --cycles 500 --workers 4";
    private static final String STALLED_READER = "stalled-reader --messages 50000";
    private static final String FUZZ = "fuzz --inputs 150000";

    private static final Map<String, Future<String>> RUNS = new LinkedHashMap<>();
    private static final Queue<Process> PROCESSES = new ConcurrentLinkedQueue<>();

    private static String soak(Host host) {
        return "soak --cycles 500 --workers 4 --host " + host;
    }

    private static String stalledReader(Host host) {
        return STALLED_READER + " --host " + host;
    }

    @BeforeAll
    static void startAll() {
        List<String> all = new ArrayList<>(List.of(SOAK, CLIENT_SCALE, STALLED_READER, FUZZ));
        for (Host host : Host.values()) {
            if (host != Host.NETTY) {
                all.add(soak(host));
                all.add(stalledReader(host));
            }
        }
        ExecutorService two = Executors.newFixedThreadPool(2);
        all.forEach(arguments -> RUNS.put(arguments, two.submit(() -> output(arguments))));
        two.shutdown();
    }

    @AfterAll
    static void stop() {
        RUNS.values().forEach(run -> run.cancel(true));
        PROCESSES.forEach(Process::destroyForcibly);
    }

    @Test
    void nothingLeaksAfterTwoThousandConnectionsOfAllKinds() throws Exception {
        assertThat(run(SOAK)).contains("no leaks");
    }

    @Test
    void nothingLeaksAfterFiveHundredOpenAndFiveHundredShortLivedClients() throws Exception {
        assertThat(run(CLIENT_SCALE)).contains("no leaks");
    }

    @Test
    void aStalledReaderIsClosedWithItsReasonAndTheHeapStaysFlat() throws Exception {
        assertThat(run(STALLED_READER))
                .contains("the stalled reader was closed: outbound buffer overflow")
                .contains("the heap stayed flat");
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NETTY")
    void nothingLeaksInAContainerAfterFiveHundredConnectionsOfAllKinds(Host host) throws Exception {
        assertThat(run(soak(host))).contains("no leaks");
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NETTY")
    void aStalledReaderInAContainerIsClosedAndTheHeapStaysFlat(Host host) throws Exception {
        assertThat(run(stalledReader(host)))
                .contains("the stalled reader was closed: outbound buffer overflow")
                .contains("the heap stayed flat");
    }

    @Test
    void everyDecoderSurvivesMutatedInput() throws Exception {
        assertThat(run(FUZZ)).contains("no decoder failed");
    }

    private static String run(String arguments) throws InterruptedException, ExecutionException {
        return Objects.requireNonNull(RUNS.get(arguments)).get();
    }

    private static String output(String arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.sockeye.verification.Verify"));
        command.addAll(List.of(arguments.split(" ", -1)));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        PROCESSES.add(process);
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
