package dev.sockeye.verification.threads;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.socketio.server.SocketIoServer;
import dev.sockeye.socketio.server.SocketIoServerOptions;
import dev.sockeye.verification.wire.Wire;
import dev.sockeye.verification.wire.WireSocket;
import dev.sockeye.verification.wire.WireSocket.Frame;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A handler may block. These tests run on every JDK that ./test finds: with virtual threads and without. */
@Tag("threads")
@Timeout(60)
@DisplayName("Blocking handlers")
class BlockingHandlersTest {
    private static final int PING_INTERVAL = 200;
    private static final int PARKED_MILLIS = 5_000;

    /** Far above the time of an answer, far below the time that the others are parked. */
    private static final long PROMPT_MILLIS = 1_000;

    private final CountDownLatch release = new CountDownLatch(1);
    private SocketIoServer io;
    private Wire wire;

    @BeforeEach
    void start() throws Exception {
        io = SocketIoServer.create(SocketIoServerOptions.builder()
                .engine(engine ->
                        engine.pingInterval(Duration.ofMillis(PING_INTERVAL)).pingTimeout(Duration.ofSeconds(30)))
                .build());
        io.onConnection(socket -> {
            socket.on("park", (args, ack) -> {
                release.await(30, TimeUnit.SECONDS);
                ack.send("released");
            });
            socket.on("echo", (args, ack) -> ack.send(args.get(0)));
        });
        io.listen(0);
        wire = new Wire(io.port(), "/socket.io/");
    }

    @AfterEach
    void stop() {
        release.countDown();
        io.closeAsync().join();
    }

    private WireSocket join() {
        WireSocket socket = wire.webSocket();
        assertThat(socket.text()).startsWith("0{");
        socket.send("40");
        assertThat(socket.text()).startsWith("40{");
        return socket;
    }

    private static long echoMillis(WireSocket socket, int n) {
        long start = System.nanoTime();
        socket.send("42" + n + "[\"echo\"," + n + "]");
        assertThat(socket.text()).isEqualTo("43" + n + "[" + n + "]");
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    }

    @Test
    void aBlockedHandlerDelaysNeitherOtherClientsNorHeartbeats() {
        try (WireSocket blocked = join();
                WireSocket other = join()) {
            blocked.send("421[\"park\"]");
            blocked.send("422[\"echo\",2]");
            long start = System.nanoTime();
            long last = start;
            List<Long> gaps = new ArrayList<>();
            int n = 0;
            while (TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start) < PARKED_MILLIS) {
                // paced by the heartbeat of the blocked client, which receives nothing else
                assertThat(blocked.next()).isEqualTo(new Frame.Text("2"));
                long now = System.nanoTime();
                gaps.add(TimeUnit.NANOSECONDS.toMillis(now - last));
                last = now;
                blocked.send("3");
                assertThat(echoMillis(other, n++)).isLessThan(PROMPT_MILLIS);
            }
            assertThat(gaps)
                    .hasSizeGreaterThan(PARKED_MILLIS / PING_INTERVAL / 2)
                    .allMatch(gap -> gap < 1_000);
            release.countDown();
            assertThat(blocked.text()).isEqualTo("431[\"released\"]");
            assertThat(blocked.text()).isEqualTo("432[2]");
        }
    }

    @Test
    void aHundredBlockedHandlersDoNotDelayAnotherClient() {
        List<WireSocket> blocked = new ArrayList<>();
        try {
            for (int i = 0; i < 100; i++) {
                WireSocket socket = join();
                socket.send("421[\"park\"]");
                blocked.add(socket);
            }
            try (WireSocket other = join()) {
                for (int n = 0; n < 20; n++) {
                    assertThat(echoMillis(other, n)).isLessThan(PROMPT_MILLIS);
                }
            }
            release.countDown();
            blocked.forEach(socket -> assertThat(socket.text()).isEqualTo("431[\"released\"]"));
        } finally {
            blocked.forEach(WireSocket::close);
        }
    }

    @Test
    void eventsOfOneClientAreHandledInOrderOneAtATime() {
        List<Integer> seen = new ArrayList<>();
        io.of(
                "/ordered",
                socket -> socket.on("n", (args, ack) -> {
                    // unsynchronized on purpose: one at a time, and each sees the writes of the previous one
                    seen.add(args.get(0, Integer.class));
                    if (seen.size() == 2_000) {
                        socket.emit("done", seen.size());
                    }
                }));
        try (WireSocket socket = wire.webSocket()) {
            assertThat(socket.text()).startsWith("0{");
            socket.send("40/ordered,");
            assertThat(socket.text()).startsWith("40/ordered,{");
            for (int i = 0; i < 2_000; i++) {
                socket.send("42/ordered,[\"n\"," + i + "]");
            }
            assertThat(socket.text()).isEqualTo("42/ordered,[\"done\",2000]");
            assertThat(seen).isSorted().doesNotHaveDuplicates();
        }
    }
}
