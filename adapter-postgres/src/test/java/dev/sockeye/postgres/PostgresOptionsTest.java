package dev.sockeye.postgres;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Durations of the options that would overflow. */
class PostgresOptionsTest {
    private static final Duration FOREVER = Duration.ofSeconds(Long.MAX_VALUE);

    @Test
    void aDurationThatIsTooLongIsRefusedWithItsName() {
        assertThatThrownBy(
                        () -> PostgresOptions.builder().cleanupInterval(FOREVER).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cleanupInterval must be at most 26000 days");
        assertThatThrownBy(
                        () -> PostgresOptions.builder().requestsTimeout(FOREVER).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("requestsTimeout must be at most 26000 days");
        assertThatThrownBy(() ->
                        PostgresOptions.builder().heartbeatInterval(FOREVER).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("heartbeatInterval must be at most 26000 days");
        assertThatThrownBy(() ->
                        PostgresOptions.builder().heartbeatTimeout(FOREVER).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("heartbeatTimeout must be at most 26000 days");
        assertThatThrownBy(() -> PostgresOptions.builder().retention(FOREVER).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("retention must be at most 26000 days");
        assertThatThrownBy(
                        () -> PostgresOptions.builder().sessionRefresh(FOREVER).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("sessionRefresh must be at most 26000 days");
    }
}
