package dev.sockeye.engineio;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.ResourceBundle;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class UnknownSessionsTest {
    private final List<String> lines = new ArrayList<>();
    private long now = 5;

    private final System.Logger logger = new System.Logger() {
        @Override
        public String getName() {
            return "test";
        }

        @Override
        public boolean isLoggable(Level level) {
            return true;
        }

        @Override
        public void log(Level level, @Nullable ResourceBundle bundle, String text, @Nullable Throwable error) {
            lines.add(level + " " + text);
        }

        @Override
        public void log(
                Level level, @Nullable ResourceBundle bundle, String format, @Nullable Object @Nullable ... values) {
            lines.add(level + " " + format);
        }
    };
    private final UnknownSessions sessions = new UnknownSessions(logger, () -> now, Duration.ofSeconds(45));

    private void pass(Duration time) {
        now += time.toNanos();
    }

    private void requests(int number, Duration pause) {
        for (int i = 0; i < number; i++) {
            sessions.count();
            pass(pause);
        }
    }

    @Test
    void aBurstOfUnknownSessionsLogsOneWarningWithTheSolution() {
        requests(1, Duration.ofSeconds(50));
        requests(9, Duration.ofSeconds(1));
        assertThat(lines).isEmpty();
        requests(1, Duration.ofSeconds(1));
        assertThat(lines).singleElement().asString().startsWith("WARNING").contains("affinity", "docs/cluster.md");
        pass(Duration.ofHours(1));
        requests(1000, Duration.ofMillis(10));
        assertThat(lines).hasSize(1);
    }

    @Test
    void reconnectsAfterAServerRestartLogNoWarning() {
        requests(1000, Duration.ofMillis(40));
        assertThat(lines).isEmpty();
    }

    @Test
    void occasionalUnknownSessionsLogNoWarning() {
        requests(500, Duration.ofSeconds(10));
        assertThat(lines).isEmpty();
    }

    @Test
    void pollsAndUpgradesOfUnknownSessionsAreCounted() {
        List<String> heard = new ArrayList<>();
        java.util.logging.Handler handler = new java.util.logging.Handler() {
            @Override
            public void publish(java.util.logging.LogRecord record) {
                heard.add(record.getMessage());
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        var engine = java.util.logging.Logger.getLogger(EngineServer.class.getName());
        engine.addHandler(handler);
        try {
            Bench bench = new Bench(
                    options -> options.pingInterval(Duration.ofMillis(1)).pingTimeout(Duration.ofMillis(1)));
            long start = System.nanoTime();
            for (int i = 0; heard.isEmpty() && System.nanoTime() - start < 10_000_000_000L; i++) {
                if (i % 2 == 0) {
                    bench.poll("unknownunknownunkno" + i % 10);
                } else {
                    bench.webSocket("unknownunknownunkno" + i % 10);
                }
            }
            assertThat(heard).singleElement().asString().contains("Sticky sessions");
        } finally {
            engine.removeHandler(handler);
        }
    }
}
