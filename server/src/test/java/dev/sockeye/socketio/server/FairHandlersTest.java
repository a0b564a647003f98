package dev.sockeye.socketio.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** A client that floods its handlers delays others; it never stops them. */
class FairHandlersTest {

    @Test
    void aFloodingClientDoesNotStarveOthersOnASingleThreadedPool() {
        Queue<Runnable> pool = new ArrayDeque<>();
        TestServer server = new TestServer(options -> options.execution(HandlerExecution.pool(pool::add)));
        List<String> seen = new ArrayList<>();
        server.io.onConnection(socket -> socket.on("e", String.class, seen::add));
        FakeClient flooding = join(server, pool);
        FakeClient other = join(server, pool);
        for (int i = 0; i < 500; i++) {
            flooding.text("42[\"e\",\"flood\"]");
        }
        other.text("42[\"e\",\"other\"]");
        work(server, pool);
        assertThat(seen).hasSize(501);
        assertThat(seen.indexOf("other")).isLessThanOrEqualTo(64);
    }

    private static FakeClient join(TestServer server, Queue<Runnable> pool) {
        FakeClient client = server.open();
        client.text("40");
        work(server, pool);
        client.messages();
        return client;
    }

    private static void work(TestServer server, Queue<Runnable> pool) {
        for (Runnable task = pool.poll(); task != null; task = pool.poll()) {
            task.run();
        }
        server.loop.run();
    }

    /** Virtual threads are not preempted: on the real threads of this JVM, with more flooding clients than cores. */
    @Test
    void moreFloodingClientsThanCoresDoNotStarveOthers() {
        TestServer server = new TestServer(options -> options.execution(HandlerExecution.automatic()));
        AtomicBoolean flood = new AtomicBoolean(true);
        AtomicInteger seen = new AtomicInteger();
        server.io.onConnection(socket -> {
            socket.on("flood", () -> again(socket.client(), flood));
            socket.on("e", seen::incrementAndGet);
        });
        List<FakeClient> flooding = new ArrayList<>();
        for (int i = 0; i < 2 * Runtime.getRuntime().availableProcessors() + 8; i++) {
            flooding.add(join(server));
        }
        FakeClient other = join(server);
        try {
            flooding.forEach(client -> client.text("42[\"flood\"]"));
            for (int i = 1; i <= 5; i++) {
                int expected = i;
                other.text("42[\"e\"]");
                Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> seen.get() == expected);
            }
        } finally {
            flood.set(false);
        }
    }

    private static void again(ClientConnection client, AtomicBoolean flood) {
        if (flood.get()) {
            client.execute(() -> again(client, flood));
        }
    }

    private static FakeClient join(TestServer server) {
        FakeClient client = server.open();
        client.text("40");
        Awaitility.with()
                .pollInSameThread()
                .pollInterval(Duration.ofMillis(5))
                .await()
                .until(() -> !client.messages().isEmpty());
        return client;
    }
}
