package dev.sockeye.socketio.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.socketio.adapter.cluster.ClusterAdapter;
import dev.sockeye.socketio.adapter.cluster.ClusterMessage;
import dev.sockeye.socketio.adapter.cluster.ClusterOptions;
import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.server.SocketIoServer;
import dev.sockeye.socketio.server.SocketIoServerOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A broker that counts the servers, like Redis. */
class CountingBrokerTest {
    private final FakeNamespace namespace = new FakeNamespace();
    private final ScriptedTransport transport = new ScriptedTransport();
    private final ClusterAdapter adapter = new ClusterAdapter(namespace, transport, ClusterOptions.defaults());
    private final List<String> order = new ArrayList<>();
    private final CompletableFuture<Integer> count = new CompletableFuture<>();

    @BeforeEach
    void start() {
        transport.count = () -> count;
        adapter.init();
        transport.published.clear();
        namespace.executor = task -> {
            order.add("executor");
            task.run();
            order.add("end");
        };
    }

    private void watch(CompletableFuture<?> future) {
        var unused = future.whenComplete((value, error) -> order.add(error == null ? "done" : "failed"));
    }

    /** All threads for handlers are busy; the answers to a broadcast would time out although they are there. */
    @Test
    void theNumberOfAnsweringServersDoesNotWaitForHandlers() {
        namespace.executor = task -> {};
        CompletableFuture<Integer> servers = adapter.answeringServers();
        count.complete(2);
        assertThat(servers).isCompletedWithValue(2);
    }

    @Test
    void aLocalBroadcastWaitsOnlyForTheAnswersOfItsServer() {
        SocketIoServer io = SocketIoServer.create(SocketIoServerOptions.builder()
                .adapter(given -> new ClusterAdapter(given, transport, ClusterOptions.defaults()))
                .build());
        try {
            assertThat(io.local().emitWithAck("event"))
                    .succeedsWithin(Duration.ofSeconds(4))
                    .isEqualTo(List.of());
        } finally {
            io.close();
        }
    }

    /** The application may block in it, and the thread of the broker's client is the only one that can end the wait. */
    @Test
    void futuresOfTheApplicationDoNotCompleteOnTheThreadOfTheBroker() {
        watch(adapter.fetchSockets(BroadcastOptions.ALL));
        count.complete(1);
        assertThat(order).containsExactly("executor", "done", "end");
    }

    @Test
    void futuresOfTheApplicationDoNotFailOnTheThreadOfTheBroker() {
        watch(adapter.fetchSockets(BroadcastOptions.ALL));
        count.completeExceptionally(new IllegalStateException("expected in this test"));
        assertThat(order).containsExactly("executor", "failed", "end");
    }

    @Test
    void theNumberOfServersDoesNotArriveOnTheThreadOfTheBroker() {
        watch(adapter.serverCount());
        count.complete(2);
        assertThat(order).containsExactly("executor", "done", "end");
    }

    @Test
    void aTransportThatThrowsInsteadOfCountingDoesNotStopLaterEvents() {
        transport.count = () -> {
            throw new IllegalStateException("expected in this test");
        };
        assertThat(adapter.serverSideEmitWithAck("first", Arguments.of())).isCompletedExceptionally();
        adapter.serverSideEmit("second", Arguments.of());
        assertThat(transport.published)
                .singleElement()
                .isInstanceOfSatisfying(
                        ClusterMessage.ServerSideEmit.class,
                        emit -> assertThat(emit.event()).isEqualTo("second"));
    }

    private void request(int servers, String... answering) {
        transport.count = () -> CompletableFuture.completedFuture(servers);
        CompletableFuture<?> found = adapter.fetchSockets(BroadcastOptions.ALL);
        String id = transport.published.get(transport.published.size() - 1).requestId();
        for (String server : answering) {
            transport.receive(new ClusterMessage.FetchSocketsResponse(server, "/", id, List.of()));
        }
        assertThat(found).isCompleted();
    }

    @Test
    void aKilledServerIsForgottenWhenAllOthersHaveAnswered() {
        request(3, "one", "two");
        assertThat(adapter.knownServers()).containsExactlyInAnyOrder("one", "two");
        request(2, "two");
        assertThat(adapter.knownServers())
                .as("one was heard at the time of the request")
                .containsExactlyInAnyOrder("one", "two");
        namespace.now++;
        request(2, "two");
        assertThat(adapter.knownServers()).containsExactly("two");
    }

    /** Official servers with Redis do not tell who answers. */
    @Test
    void serversAreNotForgottenIfAnAnswerHasNoSender() {
        request(3, "one", "two");
        namespace.now++;
        request(2, "");
        assertThat(adapter.knownServers()).containsExactlyInAnyOrder("one", "two");
    }

    @Test
    void theServerHeardFromLongestAgoIsForgottenFirst() {
        for (int i = 0; i <= 10_000; i++) {
            transport.receive(new ClusterMessage.Heartbeat("server " + i, "/"));
            namespace.now++;
        }
        assertThat(adapter.knownServers())
                .hasSize(10_000)
                .contains("server 10000")
                .doesNotContain("server 0");
    }
}
