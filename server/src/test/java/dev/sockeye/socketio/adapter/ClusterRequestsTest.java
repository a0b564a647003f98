package dev.sockeye.socketio.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.socketio.adapter.cluster.ClusterAdapter;
import dev.sockeye.socketio.adapter.cluster.ClusterDocuments;
import dev.sockeye.socketio.adapter.cluster.ClusterMessage;
import dev.sockeye.socketio.adapter.cluster.ClusterOptions;
import dev.sockeye.socketio.protocol.Arguments;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Requests to other servers while servers come and go, and a transport that fails. */
class ClusterRequestsTest {
    private final FakeNamespace namespace = new FakeNamespace();
    private final ScriptedTransport transport = new ScriptedTransport();
    private final ClusterAdapter adapter = new ClusterAdapter(namespace, transport, ClusterOptions.defaults());

    @BeforeEach
    void startBesideTwo() {
        adapter.init();
        transport.receive(new ClusterMessage.Heartbeat("a", "/"));
        transport.receive(new ClusterMessage.Heartbeat("b", "/"));
    }

    private String requestId() {
        String id = transport.published.get(transport.published.size() - 1).requestId();
        assertThat(id).isNotNull();
        return id;
    }

    private void answer(String server, String id) {
        transport.receive(new ClusterMessage.ServerSideEmitResponse(server, "/", id, Arguments.of(server)));
    }

    @Test
    void aServerThatJoinsAndLeavesDuringARequestDoesNotReplaceAnAnswer() {
        CompletableFuture<List<Arguments>> request = adapter.serverSideEmitWithAck("event", Arguments.of());
        String id = requestId();
        transport.receive(new ClusterMessage.Heartbeat("late", "/"));
        answer("a", id);
        transport.receive(new ClusterMessage.AdapterClose("late", "/"));
        assertThat(request).as("b has not answered").isNotDone();
        answer("b", id);

        assertThat(request.join()).hasSize(2);
    }

    @Test
    void theAnswerOfAServerThatJoinsDuringARequestDoesNotReplaceAnother() {
        CompletableFuture<List<Arguments>> request = adapter.serverSideEmitWithAck("event", Arguments.of());
        String id = requestId();
        answer("a", id);
        answer("late", id);
        assertThat(request).as("b has not answered").isNotDone();
        answer("b", id);

        assertThat(request.join()).hasSize(3);
    }

    @Test
    void aRequestEndsWhenTheLastMissingServerLeaves() {
        CompletableFuture<List<SocketDetails>> request = adapter.fetchSockets(BroadcastOptions.ALL);
        transport.receive(new ClusterMessage.FetchSocketsResponse("a", "/", requestId(), List.of()));
        transport.receive(new ClusterMessage.AdapterClose("a", "/"));
        assertThat(request).isNotDone();
        transport.receive(new ClusterMessage.AdapterClose("b", "/"));

        assertThat(request.join()).isEmpty();
        assertThat(adapter.knownServers()).isEmpty();
    }

    @Test
    void heartbeatsContinueAfterAnErrorOfTheTransport() {
        transport.throwing = true;
        namespace.runTimersUpTo(Duration.ofSeconds(5));
        transport.throwing = false;
        transport.published.clear();
        namespace.runTimersUpTo(Duration.ofSeconds(5));

        assertThat(transport.published).hasSize(1).first().isInstanceOf(ClusterMessage.Heartbeat.class);
    }

    @Test
    void aTransportThatFailsToPublishIsStillClosed() {
        CompletableFuture<?> request = adapter.fetchSockets(BroadcastOptions.ALL);
        transport.throwing = true;
        adapter.close();

        assertThat(transport.closed).isTrue();
        assertThat(request).isCompletedExceptionally();
        assertThat(namespace.timers()).isZero();
    }

    @Test
    void aTimeoutOfAnotherServerFitsATimer() {
        for (Object millis : List.of(Long.MAX_VALUE, 9e15, -5)) {
            Duration timeout = ClusterDocuments.options(Map.of("flags", Map.of("timeout", millis)))
                    .flags()
                    .timeout();
            assertThat(timeout).isBetween(Duration.ZERO, Duration.ofDays(25));
        }
    }
}
