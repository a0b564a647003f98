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
    void everyone_hears_a_message(SockeyeTest sockeye) {
        TestSocket ada = sockeye.connect();
        TestSocket bob = sockeye.connect();

        ada.emit("message", "hello");

        assertThat(ada).received("message", "hello");
        assertThat(bob).received("message", "hello");
    }

    @Test
    void the_others_hear_what_one_says(SockeyeTest sockeye) {
        TestSocket ada = sockeye.connect();
        TestSocket bob = sockeye.connect();

        ada.emit("say", new Chat.Message("ada", "hello"));

        assertThat(bob).received("said", new Chat.Message("ada", "hello"));
        assertThat(ada).didNotReceive("said");
    }

    @Test
    void a_count_is_answered(SockeyeTest sockeye) {
        TestSocket ada = sockeye.connect();

        assertThat(ada.call("count", 41).get(0)).isEqualTo(42);
    }

    @Test
    void members_need_a_token(SockeyeTest sockeye) {
        sockeye.connect("/members", options -> options.auth(Map.of("token", "secret")));

        TestSocket stranger = sockeye.tryConnect("/members", options -> {});

        assertThat(stranger).wasRefused("who are you?");
    }

    @Test
    void a_client_that_vanishes_is_noticed(SockeyeTest sockeye) {
        TestSocket ada = sockeye.connect();

        ada.freeze();
        sockeye.clock().advance(Duration.ofSeconds(45));

        assertThat(ada).wasDisconnected(DisconnectReason.PING_TIMEOUT);
    }

    @Test
    void a_client_comes_back(SockeyeTest sockeye) {
        TestSocket ada = sockeye.connect();

        ada.loseConnection();
        assertThat(ada).isDisconnected();
        sockeye.clock().advance(Duration.ofSeconds(1));

        assertThat(ada).isConnected();
    }

    @Test
    void a_failing_handler_is_reported(SockeyeTest sockeye) {
        sockeye.connect().emit("fail");

        assertThat(sockeye.handlerErrors()).singleElement().isInstanceOf(IllegalStateException.class);
    }
}
