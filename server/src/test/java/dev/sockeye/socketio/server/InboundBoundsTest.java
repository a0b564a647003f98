package dev.sockeye.socketio.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.sockeye.socketio.server.internal.Peek;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Events that wait for handlers, counted in bytes. */
class InboundBoundsTest {
    private final Queue<Runnable> pool = new ArrayDeque<>();
    private final AtomicInteger handled = new AtomicInteger();

    private TestServer server(long each, long total) {
        TestServer server = new TestServer(options -> options.execution(HandlerExecution.pool(pool::add))
                .maxInboundBytes(each)
                .maxTotalInboundBytes(total));
        server.io.onConnection(socket -> socket.on("e", handled::incrementAndGet));
        return server;
    }

    private FakeClient join(TestServer server) {
        FakeClient client = server.open();
        client.text("40");
        work(server);
        client.messages();
        return client;
    }

    private void work(TestServer server) {
        for (Runnable task = pool.poll(); task != null; task = pool.poll()) {
            task.run();
        }
        server.loop.run();
    }

    private static String event(int length) {
        return "42[\"e\",\"" + "x".repeat(length - 10) + "\"]";
    }

    @Test
    void readingPausesAtTheByteLimitOfAConnectionAndResumesAfterHandling() {
        TestServer server = server(100_000, 1_000_000);
        FakeClient client = join(server);
        client.text(event(60_000));
        assertThat(client.reading()).isTrue();
        client.text(event(60_000));
        assertThat(client.reading()).isFalse();
        work(server);
        assertThat(client.reading()).isTrue();
        assertThat(handled).hasValue(2);
    }

    @Test
    void aSocketLeavesIfItsLoopEndsWhileReadingIsPaused() {
        TestServer server = server(100_000, 1_000_000);
        AtomicInteger left = new AtomicInteger();
        server.io.onConnection(socket -> socket.onDisconnect((reason, details) -> left.incrementAndGet()));
        FakeClient client = join(server);
        client.text(event(60_000));
        client.text(event(60_000));
        assertThat(client.reading()).isFalse();
        server.loop.end();
        work(server);
        assertThat(left).hasValue(1);
        assertThat(Peek.members(server.io.sockets())).isZero();
        assertThat(Peek.inboundBytes(server.io)).isZero();
    }

    @Test
    void attachmentsCountTowardsTheByteLimit() {
        TestServer server = server(50_000, 1_000_000);
        FakeClient client = join(server);
        client.text("452-[\"e\",{\"_placeholder\":true,\"num\":0},{\"_placeholder\":true,\"num\":1}]");
        client.binary("00".repeat(30_000));
        assertThat(client.reading()).isTrue();
        client.binary("00".repeat(30_000));
        assertThat(client.reading()).isFalse();
        work(server);
        assertThat(client.reading()).isTrue();
        assertThat(handled).hasValue(1);
    }

    @Test
    void atTheTotalLimitReadingPausesOnlyForConnectionsWithManyQueuedBytes() {
        TestServer server = server(1_000_000, 100_000);
        FakeClient one = join(server);
        FakeClient two = join(server);
        FakeClient small = join(server);
        one.text(event(50_000));
        two.text(event(60_000));
        assertThat(two.reading()).isFalse();
        assertThat(one.reading()).isTrue();
        small.text(event(100));
        assertThat(small.reading()).isTrue();
        one.text(event(5_000));
        assertThat(one.reading()).isFalse();
        work(server);
        assertThat(one.reading()).isTrue();
        assertThat(two.reading()).isTrue();
        assertThat(handled).hasValue(4);
    }

    @Test
    void aPacketAwaitingAttachmentsCountsTowardsTheTotalLimitAndExceedingItClosesTheConnection() {
        TestServer server = server(1_000_000, 100_000);
        FakeClient one = join(server);
        FakeClient two = join(server);
        for (FakeClient client : List.of(one, two)) {
            client.text("453-[\"e\",{\"_placeholder\":true,\"num\":0},{\"_placeholder\":true,\"num\":1},"
                    + "{\"_placeholder\":true,\"num\":2}]");
        }
        one.binary("00".repeat(60_000));
        assertThat(Peek.inboundBytes(server.io)).isEqualTo(57_344);
        assertThat(one.closed()).isFalse();
        two.binary("00".repeat(60_000));
        assertThat(two.closed()).isTrue();
        assertThat(Peek.inboundBytes(server.io)).isEqualTo(57_344);
        one.binary("00").binary("00");
        work(server);
        assertThat(handled).hasValue(1);
        assertThat(Peek.inboundBytes(server.io)).isZero();
        one.text("451-[\"e\",{\"_placeholder\":true,\"num\":0},\"" + "x".repeat(50_000) + "\"]");
        one.drop();
        work(server);
        assertThat(Peek.inboundBytes(server.io)).isZero();
    }

    @Test
    void defaultLimitsDependOnTheMaximumMessageSizeAndTheHeap() {
        SocketIoServerOptions defaults = SocketIoServerOptions.defaults();
        assertThat(defaults.maxInboundBytes()).isEqualTo(4 << 20);
        assertThat(defaults.maxTotalInboundBytes())
                .isEqualTo(Runtime.getRuntime().maxMemory() / 4);
        assertThat(SocketIoServerOptions.builder()
                        .maxHttpBufferSize(10_000_000)
                        .build()
                        .maxInboundBytes())
                .isEqualTo(10_000_000);
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> SocketIoServerOptions.builder().maxInboundBytes(0).build())
                .withMessageContaining("maxInboundBytes");
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        SocketIoServerOptions.builder().maxTotalInboundBytes(-1).build())
                .withMessageContaining("maxTotalInboundBytes");
    }
}
