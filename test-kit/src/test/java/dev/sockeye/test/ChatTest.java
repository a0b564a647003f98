package dev.sockeye.test;

import static dev.sockeye.test.SockeyeAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.socketio.client.DisconnectReason;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The code of docs/testing.md. */
@ExtendWith(SockeyeExtension.class)
class ChatTest {

    @BeforeEach
    void register(SockeyeTest sockeye) {
        new Chat().register(sockeye.server());
    }

    @Test
    void everyClientReceivesAMessage(SockeyeTest sockeye) {
        TestSocket ada = sockeye.connect();
        TestSocket bob = sockeye.connect();

        ada.emit("message", "hello");

        assertThat(ada).received("message", "hello");
        assertThat(bob).received("message", "hello");
    }

    @Test
    void aMessageIsBroadcastToOtherClientsOnly(SockeyeTest sockeye) {
        TestSocket ada = sockeye.connect();
        TestSocket bob = sockeye.connect();

        ada.emit("say", new Chat.Message("ada", "hello"));

        assertThat(bob).received("said", new Chat.Message("ada", "hello"));
        assertThat(ada).didNotReceive("said");
    }

    @Test
    void theCountIsAcknowledged(SockeyeTest sockeye) {
        TestSocket ada = sockeye.connect();

        assertThat(ada.call("count", 41).get(0)).isEqualTo(42);
    }

    @Test
    void theMembersNamespaceRequiresAToken(SockeyeTest sockeye) {
        sockeye.connect("/members", options -> options.auth(Map.of("token", "secret")));

        TestSocket stranger = sockeye.tryConnect("/members", options -> {});

        assertThat(stranger).wasRefused("who are you?");
    }

    @Test
    void aFrozenClientIsDisconnectedByThePingTimeout(SockeyeTest sockeye) {
        TestSocket ada = sockeye.connect();

        ada.freeze();
        sockeye.clock().advance(Duration.ofSeconds(45));

        assertThat(ada).wasDisconnected(DisconnectReason.PING_TIMEOUT);
    }

    @Test
    void aClientReconnectsAfterLosingItsConnection(SockeyeTest sockeye) {
        TestSocket ada = sockeye.connect();

        ada.loseConnection();
        assertThat(ada).isDisconnected();
        sockeye.clock().advance(Duration.ofSeconds(1));

        assertThat(ada).isConnected();
    }

    @Test
    void aFailingHandlerIsReported(SockeyeTest sockeye) {
        sockeye.connect().emit("fail");

        assertThat(sockeye.handlerErrors()).singleElement().isInstanceOf(IllegalStateException.class);
    }
}
