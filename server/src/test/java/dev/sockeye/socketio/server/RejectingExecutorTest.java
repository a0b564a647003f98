package dev.sockeye.socketio.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.runtime.RetryingExecutor;
import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.server.internal.Peek;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Handlers on an application executor that sometimes rejects tasks, such as a pool with a bounded queue. */
class RejectingExecutorTest {
    private final Queue<Runnable> accepted = new ArrayDeque<>();
    private boolean full;
    private int refusals;
    private final TestServer server = new TestServer(options -> options.execution(HandlerExecution.pool(task -> {
        if (full) {
            refusals++;
            throw new RejectedExecutionException("expected in the log of this test");
        }
        accepted.add(task);
    })));
    private final List<String> seen = new ArrayList<>();

    private FakeClient connect() {
        server.io.onConnection(socket -> {
            socket.on("e", String.class, seen::add);
            socket.onDisconnect((reason, description) -> seen.add(reason.text()));
        });
        FakeClient client = server.open();
        client.text("40");
        work();
        client.messages();
        return client;
    }

    private void work() {
        for (Runnable task = accepted.poll(); task != null; task = accepted.poll()) {
            task.run();
        }
        server.loop.run();
    }

    @Test
    void eventsAreHandledInOrderOnceTheExecutorAcceptsTasksAgain() {
        FakeClient client = connect();
        full = true;
        client.text("42[\"e\",\"1\"]").text("42[\"e\",\"2\"]");
        server.loop.advance(RetryingExecutor.RETRY);
        assertThat(refusals).isEqualTo(2);
        assertThat(seen).isEmpty();
        full = false;
        client.text("42[\"e\",\"3\"]");
        server.loop.advance(RetryingExecutor.RETRY);
        work();
        assertThat(seen).containsExactly("1", "2", "3");
    }

    @Test
    void aClientThatDisconnectsWhileTheExecutorIsFullIsCleanedUp() {
        FakeClient client = connect();
        server.io.in(server.io.sockets().sockets().keySet().iterator().next()).socketsJoin("room");
        full = true;
        client.drop();
        assertThat(Peek.members(server.io.sockets())).isEqualTo(1);
        full = false;
        server.loop.advance(RetryingExecutor.RETRY);
        work();
        assertThat(seen).containsExactly("transport close");
        assertThat(Peek.members(server.io.sockets())).isZero();
        assertThat(server.io.sockets().adapter().rooms()).isEmpty();
    }

    @Test
    void serverFuturesCompleteOnceTheExecutorAcceptsTasksAgain() {
        connect();
        full = true;
        CompletableFuture<List<RemoteSocket>> sockets = server.io.fetchSockets();
        CompletableFuture<List<Arguments>> answers =
                server.io.timeout(Duration.ofMillis(1)).emitWithAck("q");
        server.loop.advance(Duration.ofMillis(1));
        full = false;
        server.loop.advance(RetryingExecutor.RETRY);
        work();
        assertThat(sockets).isCompletedWithValueMatching(list -> list.size() == 1);
        assertThat(answers).isCompletedExceptionally();
    }

    @Test
    void connectionsAreClosedAndCleanedUpWhenTheExecutorIsShutDown() {
        ExecutorService pool = Executors.newSingleThreadExecutor();
        TestServer ended = new TestServer(options -> options.execution(HandlerExecution.pool(pool)));
        ended.io.onConnection(socket -> {
            socket.on("e", String.class, seen::add);
            socket.onDisconnect((reason, description) -> seen.add(reason.text()));
        });
        FakeClient client = ended.open();
        client.text("40");
        Awaitility.with()
                .pollInSameThread()
                .await()
                .until(() -> !client.messages().isEmpty());
        pool.shutdown();
        client.text("42[\"e\",\"lost\"]");
        assertThat(client.closed()).isTrue();
        assertThat(seen).containsExactly("server shutting down");
        assertThat(Peek.members(ended.io.sockets())).isZero();
        assertThat(ended.io.fetchSockets()).isCompletedWithValueMatching(List::isEmpty);
    }

    @Test
    void answersToABroadcastAreNotLostWhenTheExecutorIsFull() {
        FakeClient client = connect();
        CompletableFuture<List<Arguments>> answers =
                server.io.timeout(Duration.ofSeconds(1)).emitWithAck("q");
        assertThat(client.next()).isEqualTo("420[\"q\"]");
        full = true;
        client.text("430[7]");
        full = false;
        server.loop.advance(RetryingExecutor.RETRY);
        work();
        assertThat(answers).isCompletedWithValueMatching(list -> list.size() == 1);
    }
}
