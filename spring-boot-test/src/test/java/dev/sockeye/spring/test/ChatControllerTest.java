package dev.sockeye.spring.test;

import static dev.sockeye.test.SockeyeAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sockeye.socketio.client.DisconnectReason;
import dev.sockeye.test.SockeyeTest;
import dev.sockeye.test.TestSocket;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;

@SocketIoTest(ChatController.class)
class ChatControllerTest {

    @Test
    void everyClientReceivesAMessage(@Autowired SockeyeTest sockeye) {
        TestSocket ada = sockeye.connect();
        TestSocket bob = sockeye.connect();

        ada.emit("message", new Message("hello"));

        assertThat(ada).received("message", new Message("hello"));
        assertThat(bob).received("message", new Message("hello"));
    }

    @Test
    void eachTestStartsWithoutConnectedClients(@Autowired SockeyeTest sockeye) {
        assertThat(sockeye.server().engine().clientsCount()).isZero();
        sockeye.connect();
        assertThat(sockeye.server().engine().clientsCount()).isEqualTo(1);
    }

    @Test
    void payloadsAreValidated(@Autowired SockeyeTest sockeye) {
        TestSocket ada = sockeye.connect();

        Object answer = ada.call("message", new Message("")).get(0);

        assertThat(((Map<?, ?>) answer).get("error").toString()).contains("text");
        assertThat(ada).didNotReceive("message");
        sockeye.handlerErrors();
    }

    @Test
    void theServerUsesTheTestClock(@Autowired SockeyeTest sockeye) {
        TestSocket ada = sockeye.connect();
        ada.freeze();
        sockeye.clock().advance(Duration.ofSeconds(45));

        assertThat(ada).wasDisconnected(DisconnectReason.PING_TIMEOUT);
    }

    @Test
    void handlerErrorsAreRecorded(@Autowired SockeyeTest sockeye) {
        sockeye.connect().emit("fail");

        assertThat(sockeye.handlerErrors()).singleElement().isInstanceOf(IllegalStateException.class);
    }

    @Test
    void otherBeansAreNotInTheContext(@Autowired ApplicationContext context, @Autowired SockeyeTest sockeye) {
        assertThat(context.getBeansOfType(ShopController.class)).isEmpty();
        assertThat(context.getBeansOfType(Prices.class)).isEmpty();
        assertThatThrownBy(() -> sockeye.server().port()).isInstanceOf(IllegalStateException.class);
    }
}
