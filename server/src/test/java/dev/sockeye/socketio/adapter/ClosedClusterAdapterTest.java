package dev.sockeye.socketio.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.sockeye.socketio.adapter.cluster.ClusterAdapter;
import dev.sockeye.socketio.adapter.cluster.ClusterMessage;
import dev.sockeye.socketio.adapter.cluster.ClusterOptions;
import dev.sockeye.socketio.adapter.cluster.ClusterTimeoutException;
import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.protocol.SocketPacket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** A closed cluster adapter has no activity. */
class ClosedClusterAdapterTest {
    private final FakeNamespace namespace = new FakeNamespace();
    private final ScriptedTransport transport = new ScriptedTransport();
    private final ClusterAdapter adapter = new ClusterAdapter(namespace, transport, ClusterOptions.defaults());

    private void startBesideAnother() {
        adapter.init();
        transport.receive(new ClusterMessage.Heartbeat("other", "/"));
        assertThat(adapter.knownServers()).containsExactly("other");
    }

    @Test
    void pendingRequestsFailOnClose() {
        startBesideAnother();
        CompletableFuture<?> sockets = adapter.fetchSockets(BroadcastOptions.ALL);
        CompletableFuture<?> answers = adapter.serverSideEmitWithAck("event", Arguments.of());
        assertThat(sockets).isNotDone();
        assertThat(answers).isNotDone();
        adapter.close();

        for (CompletableFuture<?> request : List.of(sockets, answers)) {
            assertThat(request.handle(
                            (value, error) -> error instanceof CompletionException ? error.getCause() : error))
                    .isCompletedWithValueMatching(error -> error instanceof ClusterTimeoutException);
        }
        assertThat(namespace.timers()).isZero();
    }

    @Test
    void broadcastAcknowledgementsAreIgnoredAfterClose() {
        startBesideAnother();
        List<Arguments> answers = new ArrayList<>();
        adapter.broadcastWithAck(
                new SocketPacket.Event("/", SocketPacket.NO_ID, "event", Arguments.of()),
                BroadcastOptions.ALL,
                count -> {},
                answers::add);
        String id = transport.published.get(transport.published.size() - 1).requestId();
        assertThat(id).isNotNull();
        transport.receive(new ClusterMessage.BroadcastAck("other", "/", id, Arguments.of(1)));
        adapter.close();
        transport.receive(new ClusterMessage.BroadcastAck("other", "/", id, Arguments.of(2)));

        assertThat(answers).hasSize(1);
    }

    @Test
    void nothingIsLeftOfARequestThatTheTransportRefuses() {
        startBesideAnother();
        transport.throwing = true;
        int timers = namespace.timers();
        List<Arguments> answers = new ArrayList<>();
        SocketPacket.Event event = new SocketPacket.Event("/", SocketPacket.NO_ID, "event", Arguments.of());
        assertThatIllegalStateException()
                .isThrownBy(() -> adapter.broadcastWithAck(event, BroadcastOptions.ALL, count -> {}, answers::add));
        String id = transport.published.get(transport.published.size() - 1).requestId();
        assertThat(id).isNotNull();
        transport.receive(new ClusterMessage.BroadcastAck("other", "/", id, Arguments.of(1)));
        assertThat(answers).isEmpty();
        assertThat(adapter.fetchSockets(BroadcastOptions.ALL)).isCompletedExceptionally();
        assertThat(namespace.timers()).isEqualTo(timers);
    }

    @Test
    void anInitialHeartbeatAfterCloseStartsNoHeartbeatTimer() {
        startBesideAnother();
        adapter.close();
        transport.receive(new ClusterMessage.InitialHeartbeat("third", "/"));

        assertThat(namespace.timers()).isZero();
    }

    @Test
    void aTransportThatStartsAfterCloseSchedulesNoTimers() {
        transport.started = new CompletableFuture<>();
        adapter.init();
        adapter.close();
        transport.published.clear();
        transport.started.complete(null);

        assertThat(namespace.timers()).isZero();
        assertThat(transport.published).isEmpty();
    }
}
