package dev.sockeye.kafka;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Durations of the options that would overflow. */
class KafkaAdapterOptionsTest {
    private static final Duration FOREVER = Duration.ofSeconds(Long.MAX_VALUE);

    @Test
    void aDurationThatIsTooLongIsRefusedWithItsName() {
        assertThatThrownBy(
                        () -> KafkaAdapterOptions.builder().retention(FOREVER).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("retention must be at most 26000 days");
        assertThatThrownBy(() ->
                        KafkaAdapterOptions.builder().requestsTimeout(FOREVER).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("requestsTimeout must be at most 26000 days");
        assertThatThrownBy(() ->
                        KafkaAdapterOptions.builder().heartbeatInterval(FOREVER).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("heartbeatInterval must be at most 26000 days");
        assertThatThrownBy(() ->
                        KafkaAdapterOptions.builder().heartbeatTimeout(FOREVER).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("heartbeatTimeout must be at most 26000 days");
        assertThatThrownBy(() ->
                        KafkaAdapterOptions.builder().sessionRefresh(FOREVER).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("sessionRefresh must be at most 26000 days");
    }
}
