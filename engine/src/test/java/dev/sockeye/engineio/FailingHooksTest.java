package dev.sockeye.engineio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sockeye.engineio.host.HostRequest;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aReceiverWhoseConnectionFailsDoesNotStopABroadcast(boolean staged) {
        FakeUpgrade first = bench.webSocket(null);
        FakeUpgrade broken = bench.webSocket(null);
        FakeUpgrade last = bench.webSocket(null);
        broken.broken = new LinkageError("expected in the log of this test");
        Broadcast broadcast = new Broadcast(Bench.messages("news"), true, false);
        if (staged) {
            bench.sessions.forEach(broadcast::collect);
            bench.loop.execute(() -> broadcast.parts().forEach(Broadcast.Part::write));
        } else {
            bench.sessions.forEach(broadcast::add);
            broadcast.send();
        }
        assertThat(first.frames).endsWith("4news");
        assertThat(last.frames).endsWith("4news");
        assertThat(broken.aborted).isTrue();
        assertThat(bench.listeners.get(1).events).containsExactly("close transport error");
        assertThat(bench.sessions)
                .allSatisfy(session -> assertThat(session.bufferedBytes()).isZero());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aFailedDirectWriteCountsNoBytes(boolean begun) {
        FakeUpgrade client = bench.webSocket(null);
        Error error = new LinkageError("expected in the log of this test");
        if (begun) {
            client.brokenDirect = error;
        } else {
            client.noDirect = error;
        }
        assertThatThrownBy(() -> bench.session().sendNow(Bench.messages("x".repeat(5_000)), true, Retention.KEEP))
                .isSameAs(error);
        assertThat(bench.session().bufferedBytes()).isZero();
        assertThat(bench.server.outbound().total()).isZero();
        assertThat(client.closeCode != null).isEqualTo(begun);
    }

    @Test
    void aPollThatCannotBeAnsweredIsAbortedAndTheSessionEnds() {
        FakeRequest request = FakeRequest.of("GET", "/engine.io/?EIO=4&transport=polling&sid=" + bench.open());
        RecordingExchange poll = new RecordingExchange(
                new HostRequest() {
                    @Override
                    public String method() {
                        return request.method();
                    }

                    @Override
                    public String uri() {
                        return request.uri();
                    }

                    @Override
                    public @Nullable String header(String name) {
                        return request.header(name);
                    }

                    @Override
                    public Map<String, List<String>> headers() {
                        return request.headers();
                    }

                    @Override
                    public String remoteAddress() {
                        return request.remoteAddress();
                    }

                    @Override
                    public boolean secure() {
                        return false;
                    }

                    @Override
                    public @Nullable String acceptedEncoding(String... supported) {
                        throw new LinkageError("expected in the log of this test");
                    }
                },
                bench.loop,
                new byte[0],
                false);
        bench.loop.execute(() -> bench.server.handle(poll));
        bench.send("x".repeat(2_000));
        assertThat(poll.aborted).isTrue();
        assertThat(bench.listener().events).containsExactly("close transport error");
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
