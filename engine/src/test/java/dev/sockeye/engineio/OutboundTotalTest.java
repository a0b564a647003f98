package dev.sockeye.engineio;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.engineio.protocol.EnginePacket.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** The pending bytes of all clients together stay within {@code maxTotalOutboundBytes}. */
class OutboundTotalTest {
    private static final int MAX = 1_000_000;

    private final Bench bench =
            new Bench(o -> o.maxTotalOutboundBytes(MAX).pingInterval(java.time.Duration.ofHours(1)));

    private void send(int session, int bytes) {
        bench.sessions.get(session).send(List.of(Message.text(new byte[bytes])), false, null);
    }

    private List<FakeUpgrade> slow(int count) {
        List<FakeUpgrade> sockets = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            FakeUpgrade socket = bench.webSocket(null);
            socket.slow = true;
            sockets.add(socket);
        }
        return sockets;
    }

    @Test
    void theLargestQueuesAreClosedFirstUntilAnEighthOfTheLimitIsFree() {
        slow(5);
        send(0, 100_000);
        send(1, 300_000);
        send(2, 50_000);
        send(3, 400_000);
        send(4, 200_000);
        bench.loop.advance(19);
        assertThat(bench.server.clientsCount()).isEqualTo(5);
        bench.loop.advance(1);
        assertThat(bench.server.clientsCount()).isEqualTo(4);
        assertThat(bench.listeners.get(3).events).containsExactly("close outbound buffer overflow");
        assertThat((String) bench.listeners.get(3).description).contains("maxTotalOutboundBytes");
        assertThat(bench.server.sendsTooMuch()).isFalse();
    }

    @Test
    void noSessionIsClosedIfTheQueuesAreWrittenInTime() {
        List<FakeUpgrade> sockets = slow(100);
        for (int i = 0; i < sockets.size(); i++) {
            send(i, 30_000);
        }
        assertThat(bench.server.sendsTooMuch()).isTrue();
        sockets.forEach(FakeUpgrade::drain);
        bench.loop.advance(100);
        assertThat(bench.server.clientsCount()).isEqualTo(100);
        assertThat(bench.server.sendsTooMuch()).isFalse();
    }

    @Test
    void volatileMessagesAreDroppedWhileTheTotalExceedsTheLimit() {
        slow(2);
        FakeUpgrade quick = bench.webSocket(null);
        send(0, 600_000);
        send(1, 600_000);
        assertThat(bench.session().sendVolatile(Bench.messages("v"), false)).isFalse();
        bench.send("sure");
        assertThat(quick.frames).last().isEqualTo("4sure");
        bench.loop.advance(20);
        assertThat(bench.session().sendVolatile(Bench.messages("v"), false)).isTrue();
        assertThat(quick.frames).last().isEqualTo("4v");
    }

    @Test
    void aStoppedLoopWithAPendingTimerDoesNotBlockOtherLoops() {
        slow(2);
        FakeLoop ended = new FakeLoop();
        LoopHeartbeats state = new LoopHeartbeats(bench.server, ended);
        state.moveOutbound(0, 2 * MAX);
        state.moveOutbound(2 * MAX, 0);
        assertThat(ended.timers()).isOne();
        send(0, 600_000);
        send(1, 700_000);
        bench.loop.advance(20);
        assertThat(bench.listeners.get(1).events).containsExactly("close outbound buffer overflow");
        assertThat(bench.server.sendsTooMuch()).isFalse();
    }

    @Test
    void theTotalReturnsToZeroAfterAllSessionsAreClosed() {
        Random random = new Random(5);
        for (int round = 0; round < 300; round++) {
            FakeUpgrade socket = bench.webSocket(null);
            EngineSocket session = bench.session();
            socket.slow = random.nextBoolean();
            for (int i = random.nextInt(20); i > 0; i--) {
                session.send(List.of(Message.text(new byte[random.nextInt(30_000)])), false, null);
                if (random.nextInt(4) == 0) {
                    socket.drain();
                }
            }
            if (random.nextBoolean()) {
                socket.lose(null);
            } else {
                session.closeNow(CloseReason.FORCED_CLOSE, null);
            }
            bench.send("late");
        }
        assertThat(bench.server.outbound().total()).isZero();
    }

    @Test
    void concurrentUpdatesAddUpToZero() throws Exception {
        OutboundTotal total = new OutboundTotal(MAX);
        OutboundTotal.Stripe one = total.new Stripe();
        OutboundTotal.Stripe two = total.new Stripe();
        CountDownLatch go = new CountDownLatch(1);
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            OutboundTotal.Stripe stripe = t % 2 == 0 ? one : two;
            Random random = new Random(t);
            Thread thread = new Thread(() -> {
                long value = 0;
                try {
                    go.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                for (int i = 0; i < 100_000; i++) {
                    long next = random.nextInt(200_000);
                    stripe.move(value, next);
                    value = next;
                }
                stripe.move(value, 0);
            });
            thread.start();
            threads.add(thread);
        }
        go.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(total.total()).isZero();
    }
}
