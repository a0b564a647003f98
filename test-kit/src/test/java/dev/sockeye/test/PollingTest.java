package dev.sockeye.test;

import static dev.sockeye.test.SockeyeAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.socketio.client.DisconnectReason;
import dev.sockeye.socketio.client.transport.TransportName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PollingTest {
    private final SockeyeTest sockeye = SockeyeTest.create();
    private final List<dev.sockeye.socketio.server.DisconnectReason> reasons = new ArrayList<>();

    PollingTest() {
        new Chat().register(sockeye.server());
        sockeye.server().onConnection(socket -> {
            socket.on(
                    "transport", (args, ack) -> ack.send(socket.client().conn().transport()));
            socket.onDisconnect((reason, details) -> reasons.add(reason));
        });
    }

    @AfterEach
    void close() {
        sockeye.close();
    }

    @Test
    void aPollingClientSendsAndReceivesTextAndBinary() {
        TestSocket ada = sockeye.connect("/", options -> options.transports(TransportName.POLLING));
        TestSocket bob = sockeye.connect();
        ada.emit("message", "hello");
        sockeye.server().emit("bytes", (Object) new byte[] {1, 2, 3});

        assertThat(ada).received("message", "hello").received("bytes", (Object) new byte[] {1, 2, 3});
        assertThat(bob).received("message", "hello");
        assertThat(ada.call("transport").get(0)).isEqualTo("polling");
    }

    @Test
    void aClientUpgradesToWebsocket() {
        TestSocket ada =
                sockeye.connect("/", options -> options.transports(TransportName.POLLING, TransportName.WEBSOCKET));
        sockeye.clock().advance(Duration.ofSeconds(1));
        ada.emit("message", "hello");

        assertThat(ada).received("message", "hello");
        assertThat(ada.call("transport").get(0)).isEqualTo("websocket");
    }

    @Test
    void aPollingClientStaysConnectedWhileTimePasses() {
        TestSocket ada = sockeye.connect("/", options -> options.transports(TransportName.POLLING));
        sockeye.clock().advance(Duration.ofMinutes(5));
        ada.emit("message", "still here");

        assertThat(ada).isConnected().received("message", "still here");
    }

    @Test
    void aFrozenPollingConnectionIsClosedByThePingTimeout() {
        TestSocket ada = sockeye.connect(
                "/", options -> options.transports(TransportName.POLLING).reconnection(false));
        ada.freeze();
        ada.emit("message", "lost");
        sockeye.clock().advance(Duration.ofSeconds(45));

        assertThat(ada).wasDisconnected(DisconnectReason.PING_TIMEOUT).didNotReceive("message");
        assertThat(reasons).containsExactly(dev.sockeye.socketio.server.DisconnectReason.PING_TIMEOUT);
    }

    @Test
    void aPollingClientReconnectsAfterALostConnection() {
        TestSocket ada = sockeye.connect("/", options -> options.transports(TransportName.POLLING));
        ada.loseConnection();
        assertThat(ada).isDisconnected();
        sockeye.clock().advance(Duration.ofSeconds(1));
        ada.emit("message", "back");

        assertThat(ada).isConnected().received("message", "back");
    }

    @Test
    void aResponseThatIsTooLargeClosesTheConnection() {
        TestSocket ada = sockeye.connect(
                "/", options -> options.transports(TransportName.POLLING).maxInboundBytes(1000));
        sockeye.server().emit("big", "x".repeat(2000));

        assertThat(ada).isDisconnected().receivedNothing();
    }
}
