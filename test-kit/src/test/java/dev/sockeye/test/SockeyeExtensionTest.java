package dev.sockeye.test;

import static dev.sockeye.test.SockeyeAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class SockeyeExtensionTest {

    @RegisterExtension
    static final SockeyeExtension SOCKEYE = SockeyeExtension.with(
            test -> test.server(options -> options.engine(engine -> engine.pingInterval(Duration.ofSeconds(5)))));

    private static @Nullable SockeyeTest previous;
    private @Nullable SockeyeTest given;

    @BeforeEach
    void before(SockeyeTest sockeye) {
        given = sockeye;
        assertThat(sockeye).isNotSameAs(previous);
        previous = sockeye;
    }

    @AfterEach
    void after(SockeyeTest sockeye) {
        assertThat(sockeye).isSameAs(given);
    }

    @Test
    void theOptionsAreApplied(SockeyeTest sockeye) {
        assertThat(sockeye).isSameAs(given);
        assertThat(sockeye.server().options().engine().pingInterval()).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void eachTestHasItsOwnServer(SockeyeTest sockeye) {
        assertThat(sockeye.connect()).isConnected();
        assertThat(sockeye.server().sockets().fetchSockets().join()).hasSize(1);
    }
}
