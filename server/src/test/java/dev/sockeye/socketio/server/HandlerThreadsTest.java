package dev.sockeye.socketio.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** With the real threads of handlers. */
class HandlerThreadsTest {
    private final TestServer server = new TestServer(
            options -> options.execution(HandlerExecution.automatic()).mailboxCapacity(4));
    private final CountDownLatch release = new CountDownLatch(1);
    private final List<String> seen = Collections.synchronizedList(new ArrayList<>());

    @AfterEach
    void end() {
        release.countDown();
    }

    /** The thread of the test is the loop. */
    private static ConditionFactory await() {
        return Awaitility.with().pollInSameThread().pollInterval(Duration.ofMillis(5));
    }

    private FakeClient connect() {
        FakeClient client = server.open();
        client.text("40");
        await().until(() -> !client.messages().isEmpty());
        return client;
    }

    @Test
    void aBlockedHandlerDelaysOnlyItsOwnClient() {
        server.io.onConnection(socket -> {
            socket.on("block", (args, ack) -> release.await());
            socket.on("e", () -> seen.add("e"));
        });
        FakeClient blocked = connect();
        FakeClient other = connect();
        blocked.text("42[\"block\"]").text("42[\"e\"]");
        other.text("42[\"e\"]");
        await().until(() -> seen.size() == 1);
        // the heartbeat is the loop's business
        server.loop.advance(Duration.ofSeconds(25));
        assertThat(blocked.messages()).contains("2");
        blocked.text("3");
        release.countDown();
        await().until(() -> seen.size() == 2);
    }

    @Test
    void readingPausesWhenTheMailboxIsFullUntilItIsHalfEmpty() throws InterruptedException {
        AtomicInteger handled = new AtomicInteger();
        CountDownLatch began = new CountDownLatch(1);
        server.io.onConnection(socket -> {
            socket.on("block", (args, ack) -> {
                began.countDown();
                release.await();
            });
            socket.on("e", () -> handled.incrementAndGet());
        });
        FakeClient client = connect();
        client.text("42[\"block\"]");
        assertThat(began.await(10, TimeUnit.SECONDS)).isTrue();
        client.text("42[\"e\"]").text("42[\"e\"]");
        assertThat(client.reading()).isTrue();
        client.text("42[\"e\"]");
        assertThat(client.reading()).isFalse();
        client.text("42[\"e\"]");
        release.countDown();
        await().until(() -> {
            server.loop.run();
            return client.reading();
        });
        await().until(() -> handled.get() == 4);
    }

    @Test
    void aHandlerCanBlockOnAnAcknowledgementFromItsOwnClient() {
        AtomicReference<Object> answer = new AtomicReference<>();
        server.io.onConnection(socket -> socket.on("ask", () -> {
            answer.set(socket.emitWithAck("q").join().get(0));
        }));
        FakeClient client = connect();
        client.text("42[\"ask\"]");
        await().until(() -> client.messages().contains("420[\"q\"]"));
        client.text("430[7]");
        await().until(() -> Integer.valueOf(7).equals(answer.get()));
    }

    @Test
    void aHandlerBlockedOnAnAcknowledgementIsReleasedOnDisconnect() {
        server.io.onConnection(socket -> {
            socket.on("ask", () -> {
                try {
                    socket.emitWithAck("q").join();
                } catch (RuntimeException e) {
                    seen.add(String.valueOf(e.getCause().getMessage()));
                }
            });
            socket.onDisconnect((reason, description) -> seen.add("disconnect"));
        });
        FakeClient client = connect();
        client.text("42[\"ask\"]");
        await().until(() -> client.messages().contains("420[\"q\"]"));
        client.drop();
        await().until(() -> seen.size() == 2);
        assertThat(seen).containsExactly("socket has been disconnected", "disconnect");
    }

    @Test
    void eventsOfAClientAreHandledInOrderFollowedByDisconnect() {
        server.io.onConnection(socket -> {
            socket.on("n", Integer.class, n -> seen.add("n" + n));
            socket.onDisconnect((reason, description) -> seen.add("end"));
        });
        FakeClient client = connect();
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            client.text("42[\"n\"," + i + "]");
            expected.add("n" + i);
        }
        client.drop();
        expected.add("end");
        await().until(() -> seen.size() == expected.size());
        assertThat(seen).isEqualTo(expected);
    }
}
