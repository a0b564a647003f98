package dev.sockeye.cli.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.cli.Plain;
import dev.sockeye.cli.load.plan.LoadPlan;
import dev.sockeye.cli.load.plan.PlanArguments;
import dev.sockeye.cli.load.plan.Stamp;
import dev.sockeye.cli.load.plan.Units;
import dev.sockeye.cli.load.report.Chart;
import dev.sockeye.cli.load.report.Progress;
import dev.sockeye.cli.load.report.Sample;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OutputFormatTest {
    @Test
    void timesAreFormattedInASuitableUnit() {
        assertThat(List.of(950L, 41_234L, 412_000L, 1_239_000L, 12_340_000L, 999_600_000L, 61_000_000_000L).stream()
                        .map(Units::time))
                .containsExactly("0.95 µs", "41.2 µs", "412 µs", "1.24 ms", "12.3 ms", "1.00 s", "61.0 s");
    }

    @Test
    void durationsAndSizesAreParsedWithTheirUnits() {
        assertThat(Units.duration("250ms")).isEqualTo(Duration.ofMillis(250));
        assertThat(Units.duration("1.5 m")).isEqualTo(Duration.ofSeconds(90));
        assertThat(Units.duration("3")).isEqualTo(Duration.ofSeconds(3));
        assertThat(Units.bytes("4k")).isEqualTo(4096);
        assertThat(Units.bytes("2MiB")).isEqualTo(2 * 1024 * 1024);
    }

    @Test
    void chartAxesHaveRoundNumbers() {
        assertThat(Chart.even(0, 23_500, 5, 0)).containsExactly(0.0, 5000.0, 10_000.0, 15_000.0, 20_000.0);
        assertThat(Chart.even(0, 1, 5, 1)).containsExactly(0.0, 1.0);
        assertThat(Chart.round("1.00 ms")).isEqualTo("1 ms");
        assertThat(Chart.round("1.25 ms")).isEqualTo("1.25 ms");
    }

    @Test
    void aStampIdentifiesTheSenderAndTheSendTime() {
        Stamp stamp = new Stamp(99, 1000, 32);
        String text = stamp.write(123_456_789_000L, 4711, 32);
        assertThat(text).hasSize(32);
        assertThat(stamp.isOurs(text)).isTrue();
        assertThat(stamp.time(text)).isEqualTo(123_456_789_000L);
        assertThat(stamp.sender(text)).isEqualTo(4711);
        assertThat(new Stamp(98, 1000, 32).isOurs(text)).isFalse();
    }

    @Test
    void progressIsRedrawnInPlaceOnATerminalAndPrintedAsLinesOtherwise() throws Exception {
        PlanArguments arguments = new PlanArguments();
        new picocli.CommandLine(picocli.CommandLine.Model.CommandSpec.forAnnotatedObject(arguments))
                .parseArgs("http://localhost", "-s", "echo");
        LoadPlan plan = arguments.plan();
        Sample sample = new Sample(
                1,
                1500,
                2,
                9,
                52_311,
                Map.of("echo", new Sample.Times(9, 1_200_000, 2, 4_800_000, 5)),
                Map.of("no answer within 10 s", 3L),
                0);
        String live = shown(true, plan, sample);
        assertThat(live)
                .contains("connected 1,500 (opening 2)   rate 52,311/s   p50 1.20 ms   p99 4.80 ms   errors 3")
                .contains("3 × no answer within 10 s")
                .contains("\u001b[3A");
        assertThat(shown(false, plan, sample)).doesNotContain("\u001b").hasLineCount(1);
    }

    @Test
    void progressHasNoColoursIfNoColorIsSet() throws Exception {
        assertThat(Plain.colours(Map.of("NO_COLOR", "1"))).isFalse();
        assertThat(Plain.colours(Map.of("NO_COLOR", ""))).isTrue();
        PlanArguments arguments = new PlanArguments();
        new picocli.CommandLine(picocli.CommandLine.Model.CommandSpec.forAnnotatedObject(arguments))
                .parseArgs("http://localhost");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        new Progress(new PrintStream(bytes, true, StandardCharsets.UTF_8), true, 120, false, false)
                .show("opening", 0.5, "", 1, null, arguments.plan());
        assertThat(bytes.toString(StandardCharsets.UTF_8))
                .contains("\u001b[J", "opening")
                .doesNotContainPattern("\u001b\\[[0-9;]*m");
    }

    private static String shown(boolean live, LoadPlan plan, Sample sample) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Progress progress = new Progress(new PrintStream(bytes, true, StandardCharsets.UTF_8), live, 120, false);
        progress.show("measuring", 0.5, "5 s of 10 s", 7, sample, plan);
        progress.show("measuring", 0.5, "5 s of 10 s", 7.2, sample, plan);
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
