package dev.sockeye.engineio;

import static org.assertj.core.api.Assertions.assertThat;

import java.text.MessageFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.ResourceBundle;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DebugLogTest {
    private final List<String> lines = new ArrayList<>();
    private long now;
    private boolean loggable = true;

    private final System.Logger logger = new System.Logger() {
        @Override
        public String getName() {
            return "test";
        }

        @Override
        public boolean isLoggable(Level level) {
            return loggable && level == Level.DEBUG;
        }

        @Override
        public void log(Level level, @Nullable ResourceBundle bundle, String text, @Nullable Throwable error) {
            lines.add(text);
        }

        @Override
        public void log(
                Level level, @Nullable ResourceBundle bundle, String format, @Nullable Object @Nullable ... values) {
            lines.add(values == null ? format : MessageFormat.format(format, values));
        }
    };

    @Test
    void theNumberOfLinesPerSecondIsLimited() {
        DebugLog log = new DebugLog(logger, () -> now);
        for (int i = 0; i < 1000; i++) {
            log.log("bad", i % 2 == 0 ? "input" : new IllegalStateException("input"));
        }
        assertThat(lines).hasSize(10);
        now += 1_000_000_000L;
        log.log("again", null);
        assertThat(lines).hasSize(12);
        assertThat(lines.get(10)).contains("990");
        loggable = false;
        log.log("unheard", null);
        assertThat(lines).hasSize(12);
    }
}
