package dev.sockeye.jakarta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sockeye.engineio.host.MessageConnection;
import dev.sockeye.engineio.host.MessageListener;
import jakarta.websocket.CloseReason;
import jakarta.websocket.SendResult;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One WebSocket on a loop on the test's thread, with a container that writes immediately or later. */
@SuppressWarnings("deprecation") // the constructor that takes the session is not in WebSocket 2.1
class SessionConnectionTest {

    private final JakartaOptions options =
            JakartaOptions.builder().executor(Runnable::run).build();
    private final LoopGroup group = new LoopGroup(options);
    private final SerialLoop loop = group.loop("here", 1);
    private final List<String> events = new CopyOnWriteArrayList<>();
    private volatile @Nullable Throwable error;
    private final FakeSession session = new FakeSession();
    private final SessionConnection connection =
            new SessionConnection(loop, group, options, 1_000_000, new Recorder(), new FakeEngine());

    private final class Recorder implements MessageListener {
        @Override
        public void onOpen(MessageConnection opened) {
            events.add("open");
        }

        @Override
        public void onText(byte[] utf8) {
            events.add("text");
        }

        @Override
        public void onBinary(byte[] data) {
            events.add("binary");
        }

        @Override
        public void onDrained() {
            events.add("drained");
        }

        @Override
        public void onClose(int code, @Nullable Throwable why) {
            error = why;
            events.add("close " + code);
        }
    }

    @AfterEach
    void end() {
        group.close(false);
    }

    private void burst() {
        connection.onOpen(session.session());
        loop.execute(() -> {
            for (int i = 0; i < 5; i++) {
                connection.send(true, 4, new byte[10], true);
            }
        });
    }

    @Test
    void aBurstWrittenImmediatelyReportsDrainedOnce() {
        burst();
        assertThat(events).containsExactly("open", "drained");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5})
    void aPartlyDelayedBurstReportsDrainedOnce(int slow) {
        session.slowWrites = slow;
        burst();
        for (int i = 0; i < slow; i++) {
            assertThat(events).containsExactly("open");
            session.unwritten.get(i).onResult(new SendResult());
        }
        assertThat(events).containsExactly("open", "drained");
        assertThat(connection.pendingBytes()).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void nothingIsWrittenAfterAWriteThatFailed(boolean thrown) {
        session.failure = new IllegalStateException("broken by the test");
        session.throwing = thrown;
        burst();
        assertThat(session.writes).isEqualTo(1);
        assertThat(events).containsExactly("open", "close 1006");
    }

    @Test
    void anErrorThrownByAWriteClosesTheConnection() {
        session.failure = new StackOverflowError("thrown by the test");
        session.throwing = true;
        burst();
        assertThat(session.writes).isEqualTo(1);
        assertThat(events).containsExactly("open", "close 1006");
    }

    /** The container writes no more when it has received a close frame, which it reports a little later. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aWriteThatFailsBecauseThePeerHasClosedDoesNotHideTheCodeOfThePeer(boolean thrown) {
        session.failure = new IllegalStateException("the session has been closed");
        session.throwing = thrown;
        session.open = false;
        session.onClose = () -> connection.onClose(new CloseReason(CloseReason.CloseCodes.getCloseCode(4001), ""));
        burst();
        await().untilAsserted(() -> assertThat(events).containsExactly("open", "close 4001"));
        assertThat(error).isNull();
    }
}
