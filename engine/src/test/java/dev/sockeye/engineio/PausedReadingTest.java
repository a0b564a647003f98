package dev.sockeye.engineio;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A session that the application does not read: a dead peer is detected, a live one stays. Interval 300 ms, timeout 200 ms. */
class PausedReadingTest {
    private final Bench bench = new Bench(o -> o.maxHttpBufferSize(2_000_000).allowEIO3(true));

    @Test
    void aSilentPeerIsClosedWithinTwoTimeoutsAfterThePing() {
        FakeUpgrade socket = bench.webSocket(null);
        bench.session().pauseReading(true);
        assertThat(socket.reading).isFalse();
        bench.loop.advance(500);
        assertThat(socket.reading).as("reading continues for the answer").isTrue();
        bench.loop.advance(199);
        assertThat(bench.listener().events).isEmpty();
        bench.loop.advance(1);
        assertThat(bench.listener().events).containsExactly("close ping timeout");
        bench.assertNothingLeft();
    }

    @Test
    void aSilentProtocol3PeerIsClosedToo() {
        bench.upgrade("?EIO=3&transport=websocket");
        bench.session().pauseReading(true);
        bench.loop.advance(999);
        assertThat(bench.listener().events).isEmpty();
        bench.loop.advance(1);
        assertThat(bench.listener().events).containsExactly("close ping timeout");
    }

    @Test
    void aPeerWithPongsBehindUnreadMessagesStaysOpenAndNoMessageIsLost() {
        FakeUpgrade socket = bench.webSocket(null);
        bench.session().pauseReading(true);
        List<String> sent = new ArrayList<>();
        for (int round = 0; round < 20; round++) {
            bench.loop.advance(500);
            assertThat(socket.reading).isTrue();
            socket.text("4m" + round);
            socket.text("3");
            sent.add("text m" + round);
            assertThat(socket.reading).as("reading stops after the answer").isFalse();
            assertThat(bench.listener().events).isEmpty();
        }
        bench.session().pauseReading(false);
        assertThat(socket.reading).isTrue();
        assertThat(bench.listener().events).isEqualTo(sent);
        socket.text("4last");
        assertThat(bench.listener().events).last().isEqualTo("text last");
    }

    @Test
    void aPeerThatKeepsSendingStaysOpenAndAtMostEightMebibytesAreHeld() {
        FakeUpgrade socket = bench.webSocket(null);
        bench.session().pauseReading(true);
        String message = "4" + "x".repeat(500_000);
        int sent = 0;
        bench.loop.advance(300);
        for (int round = 0; round < 50; round++) {
            bench.loop.advance(200);
            while (socket.reading && !socket.closed()) {
                socket.text(message);
                sent++;
            }
        }
        assertThat(bench.listener().events).isEmpty();
        assertThat((long) sent * message.length())
                .isBetween(HeldMessages.MOST - 1000, HeldMessages.MOST + HeldMessages.PIECE);
        bench.session().pauseReading(false);
        assertThat(bench.listener().events).hasSize(sent);
    }

    @Test
    void aSessionWhoseTransportDoesNotStopReadingIsClosed() {
        FakeUpgrade socket = bench.webSocket(null);
        bench.session().pauseReading(true);
        String message = "4" + "x".repeat(500_000);
        long sent = 0;
        while (bench.listener().events.isEmpty() && sent < 100_000_000) {
            socket.text(message);
            sent += message.length();
        }
        assertThat(bench.listener().events).containsExactly("close forced close");
        assertThat(sent).isBetween(2 * HeldMessages.MOST, 2 * HeldMessages.MOST + 5_000_000);
        bench.assertNothingLeft();
    }

    @Test
    void remainingMessagesAreReadInPiecesBeforeASilentPeerIsClosed() {
        FakeUpgrade socket = bench.webSocket(null);
        bench.session().pauseReading(true);
        String message = "4" + "x".repeat(500_000);
        int left = 7;
        bench.loop.advance(300);
        for (int round = 0; round < 12 && bench.listener().events.isEmpty(); round++) {
            bench.loop.advance(200);
            while (socket.reading && left > 0) {
                socket.text(message);
                left--;
            }
        }
        assertThat(left).isZero();
        assertThat(bench.listener().events).hasSize(8).last().isEqualTo("close ping timeout");
        bench.assertNothingLeft();
    }

    @Test
    void heldMessagesAreDeliveredBeforeTheClose() {
        FakeUpgrade socket = bench.webSocket(null);
        bench.session().pauseReading(true);
        socket.text("4a");
        socket.binary((byte) 1);
        socket.lose(null);
        assertThat(bench.listener().events).containsExactly("text a", "binary 01", "close transport close");
        bench.assertNothingLeft();
    }

    @Test
    void heldMessagesAreDroppedWhenTheServerCloses() {
        FakeUpgrade socket = bench.webSocket(null);
        bench.session().pauseReading(true);
        socket.text("4a");
        bench.session().close();
        assertThat(bench.listener().events).containsExactly("close forced close");
        bench.assertNothingLeft();
    }

    @Test
    void pausingInsideTheListenerDefersTheRemainingMessages() {
        FakeUpgrade socket = bench.webSocket(null);
        EngineSocket session = bench.session();
        List<String> got = new ArrayList<>();
        session.listen(new EngineSocketListener() {
            @Override
            public void onText(byte[] buffer, int offset, int length) {
                got.add(new String(buffer, offset, length, UTF_8));
                session.pauseReading(true);
            }

            @Override
            public void onBinary(byte[] data) {}

            @Override
            public void onClose(CloseReason reason, @Nullable Object description) {
                got.add(reason.text());
            }
        });
        socket.text("4a");
        socket.text("4b");
        socket.text("4c");
        assertThat(got).containsExactly("a");
        session.pauseReading(false);
        assertThat(got).containsExactly("a", "b");
        assertThat(socket.reading).isFalse();
        session.pauseReading(false);
        assertThat(got).containsExactly("a", "b", "c");
        session.pauseReading(false);
        assertThat(socket.reading).isTrue();
    }

    @Test
    void aPollingClientCanPostItsPongWhileReadingIsPaused() {
        String sid = bench.open();
        bench.session().pauseReading(true);
        for (int round = 0; round < 5; round++) {
            bench.loop.advance(300);
            RecordingExchange messages = bench.post(sid, "4m" + round);
            assertThat(bench.poll(sid).text()).isEqualTo("2");
            bench.loop.advance(200);
            assertThat(messages.text()).isEqualTo("ok");
            assertThat(bench.post(sid, "3").answered())
                    .as("the response is held back again")
                    .isFalse();
            bench.loop.advance(0);
            bench.session().pauseReading(false);
            bench.session().pauseReading(true);
        }
        assertThat(bench.listener().events).hasSize(5);
        bench.session().pauseReading(false);
        bench.loop.advance(500);
        assertThat(bench.listener().events).last().isEqualTo("close ping timeout");
    }

    @Test
    void resumingRestartsThePingTimeout() {
        FakeUpgrade socket = bench.webSocket(null);
        bench.session().pauseReading(true);
        bench.loop.advance(499);
        bench.session().pauseReading(false);
        bench.loop.advance(199);
        assertThat(bench.listener().events).isEmpty();
        socket.text("3");
        bench.loop.advance(499);
        assertThat(bench.listener().events).isEmpty();
    }

    @Test
    void anUpgradedTransportIsNotReadDuringAPauseEither() {
        String sid = bench.open();
        bench.session().pauseReading(true);
        FakeUpgrade socket = bench.webSocket(sid);
        socket.text("2probe");
        socket.text("5");
        assertThat(socket.reading).isFalse();
        socket.text("4a");
        assertThat(bench.listener().events).isEmpty();
        bench.session().pauseReading(false);
        assertThat(bench.listener().events).containsExactly("text a");
        assertThat(socket.reading).isTrue();
    }
}
