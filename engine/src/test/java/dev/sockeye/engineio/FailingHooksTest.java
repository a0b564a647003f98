package dev.sockeye.engineio;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Code of the application that throws where the engine awaits its result. */
class FailingHooksTest {
    private final Bench bench = new Bench();

    @Test
    void aThrottleThatThrowsRefusesTheRequest() {
        var unused = bench.server.throttleHandshakes(request -> {
            throw new AssertionError("expected in the log of this test");
        });
        assertThat(bench.handshake().status()).isEqualTo(403);
        assertThat(bench.error().error()).isEqualTo(HandshakeError.FORBIDDEN);
        assertThat(bench.upgrade("?EIO=4&transport=websocket").rejection.status())
                .isEqualTo(400);
        bench.assertNothingLeft();
    }

    @Test
    void aListenerThatThrowsEndsTheSessionAndThePostIsAnswered() {
        String sid = bench.open();
        bench.loop.execute(() -> bench.session().listen(new Throwing()));
        RecordingExchange poll = bench.poll(sid);
        RecordingExchange post = bench.post(sid, "4first\u001e4second");
        assertThat(post.text()).isEqualTo("ok");
        assertThat(poll.text()).isEqualTo("1");
        assertThat(bench.session().readyState()).isEqualTo(EngineSocket.ReadyState.CLOSED);
        bench.assertNothingLeft();
    }

    private static final class Throwing implements EngineSocketListener {
        @Override
        public void onText(byte[] buffer, int offset, int length) {
            throw new AssertionError("expected in the log of this test");
        }

        @Override
        public void onBinary(byte[] data) {}

        @Override
        public void onClose(CloseReason reason, @Nullable Object description) {
            assertThat(reason).isEqualTo(CloseReason.TRANSPORT_ERROR);
        }
    }
}
