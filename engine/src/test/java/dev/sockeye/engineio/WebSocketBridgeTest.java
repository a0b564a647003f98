package dev.sockeye.engineio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A heartbeat may take 500 ms. */
@DisplayName("A WebSocket that the engine forwards")
class WebSocketBridgeTest {
    private final Bench a = node(1);
    private final Bench b = node(2);
    private final FakeNode node = new FakeNode();
    private FakeUpgrade client;
    private WebSocketBridge bridge;

    private static Bench node(int number) {
        return new Bench(options -> options.maxTotalReceivingBytes(100_000)
                .sessionForwarding(forwarding ->
                        forwarding.secret("a secret of the servers").address("http://10.0.0." + number + ":3000")));
    }

    @BeforeEach
    void upgrade() {
        client = b.webSocket(a.open());
        bridge = new WebSocketBridge(client, (Forward) client.forward);
    }

    private void join() {
        b.loop.execute(() -> bridge.join(node));
    }

    private void assertNothingIsLeft() {
        assertThat(node.aborted).isTrue();
        assertThat(b.server.forwardingCounts().active()).isZero();
        assertThat(b.loop.timers()).isZero();
        assertThat(b.server.receiving(100_000)).as("no bytes are counted").isTrue();
    }

    @Test
    void passesOnMessagesOfBothSides() {
        join();
        client.text("2probe");
        bridge.onText(node, "3pro", false);
        bridge.onText(node, "be", true);
        assertThat(node.sent).containsExactly("2probe");
        assertThat(client.frames).containsExactly("3probe");
        bridge.onClose(node, 1000, "");
        assertThat(client.closeCode).isEqualTo(1000);
        assertNothingIsLeft();
    }

    @Test
    void isClosedWhenItsServerStopsSendingHeartbeats() {
        join();
        for (int i = 0; i < 10; i++) {
            bridge.onText(node, "2", true);
            b.loop.advance(500);
            client.text("3");
        }
        assertThat(client.closed()).isFalse();
        b.loop.advance(499);
        assertThat(client.closed()).isFalse();
        b.loop.advance(1);
        assertThat(client.aborted).isTrue();
        assertNothingIsLeft();
    }

    @Test
    void isClosedWhenItsClientDoesNotRead() {
        join();
        client.slow = true;
        bridge.onBinary(node, ByteBuffer.allocate(300_000), true);
        long requested = node.requested;
        b.loop.advance(1_000);
        assertThat(node.requested).isEqualTo(requested);
        assertThat(client.aborted).isTrue();
        assertNothingIsLeft();
    }

    @Test
    void isClosedTenSecondsAfterItsClientHasLeftIfAMessageCannotBeSent() {
        join();
        node.stuck = true;
        client.text("4hello");
        client.end(1000, null);
        b.loop.advance(9_999);
        assertThat(node.aborted).isFalse();
        b.loop.advance(1);
        assertNothingIsLeft();
    }

    @Test
    void isClosedWhenItsWaitingMessagesExceedTheReceiveLimit() {
        join();
        node.stuck = true;
        client.binary(new byte[60_000]);
        assertThat(client.closeCode).isNull();
        client.binary(new byte[60_000]);
        assertThat(client.closeCode).isEqualTo(1013);
        assertNothingIsLeft();
    }

    @Test
    void isClosedWhenTheHostCannotAcceptItsClient() {
        client.refusal = new IllegalStateException("the container refuses");
        assertThatThrownBy(this::join).hasMessage("the container refuses");
        assertNothingIsLeft();
    }

    @Test
    void isClosedWhenItsClientLeavesBeforeItIsAccepted() {
        b.loop.execute(bridge::clientLost);
        join();
        assertThat(client.headers).isNull();
        assertNothingIsLeft();
    }

    /** The connection to the server of the session. */
    private static final class FakeNode implements WebSocket {
        final List<String> sent = new ArrayList<>();
        boolean stuck;
        boolean aborted;
        long requested;

        private CompletableFuture<WebSocket> send(String message) {
            sent.add(message);
            return stuck ? new CompletableFuture<>() : CompletableFuture.completedFuture(this);
        }

        @Override
        public CompletableFuture<WebSocket> sendText(CharSequence data, boolean last) {
            return send(data.toString());
        }

        @Override
        public CompletableFuture<WebSocket> sendBinary(ByteBuffer data, boolean last) {
            return send(data.remaining() + " bytes");
        }

        @Override
        public CompletableFuture<WebSocket> sendPing(ByteBuffer message) {
            return send("ping");
        }

        @Override
        public CompletableFuture<WebSocket> sendPong(ByteBuffer message) {
            return send("pong");
        }

        @Override
        public CompletableFuture<WebSocket> sendClose(int code, String reason) {
            return send("close " + code);
        }

        @Override
        public void request(long messages) {
            requested += messages;
        }

        @Override
        public @Nullable String getSubprotocol() {
            return null;
        }

        @Override
        public boolean isOutputClosed() {
            return aborted;
        }

        @Override
        public boolean isInputClosed() {
            return aborted;
        }

        @Override
        public void abort() {
            aborted = true;
        }
    }
}
