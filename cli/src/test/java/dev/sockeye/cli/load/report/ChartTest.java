package dev.sockeye.cli.load.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.cli.load.plan.Units;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class ChartTest {
    @Test
    @Timeout(10)
    void aLogarithmicChartWithoutPositiveValuesIsDrawn() {
        String svg = new Chart("latency", at -> at + " s", Units::time, true)
                .line("p50", 1, new double[] {1, 2}, new double[] {0, 0})
                .svg();
        assertThat(svg).contains("<polyline").doesNotContain("NaN", "Infinity");
    }
}
