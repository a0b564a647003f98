package dev.sockeye.engineio;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.engineio.protocol.EnginePacket.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Messages queued for a slow client, and which of them are dropped. */
class SlowClientTest {
    private static final String FILLER = "x".repeat(20_000);

    private Bench bench = new Bench();
    private final List<String> dropped = new ArrayList<>();

    private FakeUpgrade slowWebSocket() {
        bench.server.addListener(new EngineListener() {
            @Override
            public void onDropped(EngineSocket session, boolean replaced) {
                dropped.add(replaced ? "replaced" : "oldest");
            }
        });
        FakeUpgrade socket = bench.webSocket(null);
        socket.slow = true;
        return socket;
    }

    private void latest(String key, String text) {
        bench.loop.execute(() -> bench.session().sendDroppable(Bench.messages(text), true, Retention.latest("/", key)));
    }

    private void droppable(String text) {
        bench.loop.execute(() -> bench.session().sendDroppable(Bench.messages(text), true, Retention.DROPPABLE));
    }

    private static List<String> after(FakeUpgrade socket, String filler) {
        return socket.frames.subList(socket.frames.indexOf("4" + filler) + 1, socket.frames.size());
    }

    @Test
    void aNewerMessageReplacesTheQueuedOneOfItsKeyAndMovesToTheEnd() {
        FakeUpgrade socket = slowWebSocket();
        bench.send(FILLER);
        latest("a", "a1");
        bench.send("between");
        latest("b", "b1");
        latest("a", "a2");
        latest("a", "a3");
        assertThat(bench.session().bufferedBytes()).isEqualTo(FILLER.length() + 1 + 3 * PacketBatch.LEAST);
        assertThat(after(socket, FILLER)).isEmpty();
        socket.drain();
        assertThat(after(socket, FILLER)).containsExactly("4between", "4b1", "4a3");
        assertThat(dropped).containsExactly("replaced", "replaced");
        socket.drain();
        assertThat(bench.session().bufferedBytes()).isZero();
    }

    @Test
    void keysAreSeparateForEachNamespace() {
        FakeUpgrade socket = slowWebSocket();
        bench.send(FILLER);
        latest("a", "of /");
        bench.loop.execute(() ->
                bench.session().sendDroppable(Bench.messages("of /other"), true, Retention.latest("/other", "a")));
        socket.drain();
        assertThat(after(socket, FILLER)).containsExactly("4of /", "4of /other");
    }

    @Test
    void messagesToAFastClientAreSentImmediatelyAndNotReplaced() {
        FakeUpgrade socket = slowWebSocket();
        socket.slow = false;
        latest("a", "a1");
        latest("a", "a2");
        assertThat(socket.frames.subList(1, socket.frames.size())).containsExactly("4a1", "4a2");
        assertThat(dropped).isEmpty();
    }

    @Test
    void attachmentsAreReplacedTogetherWithTheirEvent() {
        FakeUpgrade socket = slowWebSocket();
        bench.send(FILLER);
        bench.loop.execute(() -> {
            EngineSocket session = bench.session();
            session.sendDroppable(
                    List.of(Message.text("old head"), Message.binary(new byte[] {1})),
                    true,
                    Retention.latest("/", "picture"));
            session.sendDroppable(
                    List.of(Message.text("new head"), Message.binary(new byte[] {2})),
                    true,
                    Retention.latest("/", "picture"));
        });
        socket.drain();
        assertThat(after(socket, FILLER)).containsExactly("4new head", "hex:02");
        assertThat(dropped).containsExactly("replaced");
    }

    @Test
    void aPollReceivesTheNewestMessageOfEachKey() {
        String sid = bench.open();
        latest("a", "a1");
        bench.send("between");
        latest("a", "a2");
        assertThat(bench.session().bufferedBytes()).isEqualTo(2 * PacketBatch.LEAST);
        RecordingExchange poll = bench.poll(sid);
        assertThat(poll.text()).isEqualTo("4between\u001e4a2");
        assertThat(bench.session().bufferedBytes()).isZero();
    }

    @Test
    void aBroadcastReplacesQueuedMessagesOnlyForSlowReceivers() {
        FakeUpgrade slow = slowWebSocket();
        FakeUpgrade fast = bench.webSocket(null);
        EngineSocket first = bench.sessions.get(0);
        bench.loop.execute(() -> first.send(Bench.messages(FILLER), true, null));
        for (int i = 1; i <= 3; i++) {
            Broadcast broadcast = new Broadcast(Bench.messages("p" + i), true, false, Retention.latest("/", "price"));
            bench.sessions.forEach(broadcast::add);
            broadcast.send();
        }
        slow.drain();
        assertThat(after(slow, FILLER)).containsExactly("4p3");
        assertThat(fast.frames.subList(1, fast.frames.size())).containsExactly("4p1", "4p2", "4p3");
    }

    @Test
    void aConstantlyUpdatedKeyStillReachesASlowClient() {
        FakeUpgrade socket = slowWebSocket();
        bench.send(FILLER);
        for (int i = 0; i < 20; i++) {
            latest("key" + i, i + ":" + FILLER);
        }
        for (int turn = 0; turn < 12; turn++) {
            for (int i = 0; i < 20; i++) {
                latest("key" + i, i + ":" + FILLER);
            }
            latest("busy", "busy " + turn);
            socket.drain();
        }
        assertThat(after(socket, FILLER)).anyMatch(frame -> frame.startsWith("4busy"));
    }

    @Test
    void closingASessionWritesQueuedMessagesFirst() {
        FakeUpgrade socket = slowWebSocket();
        bench.send(FILLER);
        for (int i = 0; i < 10; i++) {
            latest("key" + i, i + FILLER);
        }
        bench.loop.execute(() -> bench.session().close());
        for (int i = 0; i < 10 && socket.closeCode == null; i++) {
            socket.drain();
        }
        assertThat(after(socket, FILLER)).hasSize(10);
        assertThat(socket.closeCode).isEqualTo(1005);
        bench.assertNothingLeft();
    }

    @Test
    void replacingAQueuedMessageDoesNotOverflowTheBuffer() {
        bench = new Bench(options -> options.maxOutboundBytes(30_000));
        FakeUpgrade socket = slowWebSocket();
        bench.send(FILLER);
        for (int i = 0; i < 100; i++) {
            latest("a", i + "y".repeat(8_000));
        }
        assertThat(bench.listener().events).isEmpty();
        latest("b", "z".repeat(8_000));
        assertThat(bench.listener().events).containsExactly("close outbound buffer overflow");
        assertThat(socket.aborted).isTrue();
        bench.assertNothingLeft();
    }

    @Test
    void dropOldestDropsTheOldestEvents() {
        bench = new Bench(options -> options.slowClientPolicy(SlowClientPolicy.DROP_OLDEST)
                .maxOutboundBytes(20_001 + 3 * PacketBatch.LEAST));
        FakeUpgrade socket = slowWebSocket();
        droppable(FILLER);
        bench.send("kept");
        for (int i = 0; i < 10; i++) {
            droppable("d" + i);
        }
        assertThat(bench.listener().events).isEmpty();
        assertThat(dropped).hasSize(8).containsOnly("oldest");
        assertThat(bench.session().bufferedBytes()).isEqualTo(20_001 + 3 * PacketBatch.LEAST);
        socket.drain();
        assertThat(after(socket, FILLER)).containsExactly("4kept", "4d8", "4d9");
        socket.drain();
        assertThat(bench.session().bufferedBytes()).isZero();
    }

    @Test
    void nonDroppableMessagesStillOverflowTheBuffer() {
        bench = new Bench(options -> options.slowClientPolicy(SlowClientPolicy.DROP_OLDEST)
                .maxOutboundBytes(20_001 + 3 * PacketBatch.LEAST));
        slowWebSocket();
        bench.send(FILLER);
        droppable("dropped");
        for (int i = 0; i < 3; i++) {
            bench.send("kept");
        }
        assertThat(dropped).containsExactly("oldest");
        assertThat(bench.listener().events).isEmpty();
        bench.send("one too many");
        assertThat(bench.listener().events).containsExactly("close outbound buffer overflow");
        bench.assertNothingLeft();
    }

    @Test
    void aPollingClientThatDoesNotPollKeepsTheNewestEvents() {
        bench = new Bench(options ->
                options.slowClientPolicy(SlowClientPolicy.DROP_OLDEST).maxOutboundBytes(3 * PacketBatch.LEAST));
        String sid = bench.open();
        for (int i = 0; i < 10; i++) {
            droppable("d" + i);
        }
        assertThat(bench.poll(sid).text()).isEqualTo("4d7\u001e4d8\u001e4d9");
        assertThat(bench.session().bufferedBytes()).isZero();
    }

    /** After any mixture of sends, drains and ends the counters match the pending bytes, and messages arrive in the order in which they were sent. */
    @Test
    void bufferedBytesReturnToZeroAfterReplacingAndDropping() {
        for (long seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            long max = 60_000L + random.nextInt(100_000);
            SlowClientPolicy policy = random.nextBoolean() ? SlowClientPolicy.CLOSE : SlowClientPolicy.DROP_OLDEST;
            bench = new Bench(options -> options.slowClientPolicy(policy).maxOutboundBytes(max));
            FakeUpgrade socket = slowWebSocket();
            for (int i = 0; i < 200; i++) {
                String text = String.format("%04d", i) + "z".repeat(random.nextInt(3_000));
                switch (random.nextInt(5)) {
                    case 0 -> latest("k" + random.nextInt(3), text);
                    case 1 -> droppable(text);
                    case 2 -> bench.send(text);
                    case 3 -> {
                        if (random.nextInt(3) == 0) {
                            socket.drain();
                        }
                    }
                    default -> socket.slow = random.nextInt(4) > 0;
                }
                assertThat(bench.session().bufferedBytes()).isBetween(0L, max);
            }
            socket.slow = false;
            for (int i = 0; i < 20; i++) {
                socket.drain();
            }
            assertThat(bench.session().bufferedBytes()).as("seed %d", seed).isZero();
            List<String> numbers = socket.frames.stream()
                    .skip(1)
                    .map(frame -> frame.substring(1, 5))
                    .toList();
            assertThat(numbers).as("seed %d", seed).isSorted();
            bench.loop.execute(() -> bench.session().close());
            assertThat(bench.server.outbound().total()).isZero();
        }
    }
}
