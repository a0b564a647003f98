package dev.sockeye.spring.test;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.test.SockeyeTest;
import dev.sockeye.test.TestSocket;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;

/** All controllers, with a service of the test; handlers that wait for their client. */
@SocketIoTest(blockingHandlers = true)
class ShopControllerTest {

    @TestConfiguration
    static class Services {
        @Bean
        Prices prices() {
            return String::length;
        }
    }

    @Test
    void thePriceIsAcknowledged(@Autowired SockeyeTest sockeye) {
        TestSocket ada = sockeye.connect("/shop");

        assertThat(ada.call("price", "fish").get(0)).isEqualTo(4);
    }

    @Test
    void aHandlerCanWaitForItsClient(@Autowired SockeyeTest sockeye) {
        TestSocket ada = sockeye.connect();
        ada.socket().on("age", (args, ack) -> ack.send(36));

        assertThat(ada.call("ask").get(0)).isEqualTo(37);
    }
}
