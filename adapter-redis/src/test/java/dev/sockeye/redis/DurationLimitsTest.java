package dev.sockeye.redis;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Durations of the options that would overflow. */
class DurationLimitsTest {
    private static final Duration FOREVER = Duration.ofSeconds(Long.MAX_VALUE);

    @Test
    void aDurationThatIsTooLongIsRefusedWithItsName() {
        assertThatThrownBy(() ->
                        RedisAdapterOptions.builder().requestsTimeout(FOREVER).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("requestsTimeout must be at most 26000 days");
        assertThatThrownBy(() -> ShardedRedisAdapterOptions.builder()
                        .requestsTimeout(FOREVER)
                        .build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("requestsTimeout must be at most 26000 days");
        assertThatThrownBy(() -> RedisStreamsAdapterOptions.builder()
                        .requestsTimeout(FOREVER)
                        .build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("requestsTimeout must be at most 26000 days");
        assertThatThrownBy(() ->
                        RedisStreamsAdapterOptions.builder().blockTime(FOREVER).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("blockTime must be at most 26000 days");
        assertThatThrownBy(() -> RedisStreamsAdapterOptions.builder()
                        .sessionRefresh(FOREVER)
                        .build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("sessionRefresh must be at most 26000 days");
    }
}
