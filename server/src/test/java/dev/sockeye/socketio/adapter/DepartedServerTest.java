package dev.sockeye.socketio.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.socketio.adapter.cluster.ClusterAdapter;
import dev.sockeye.socketio.adapter.cluster.ClusterMessage;
import dev.sockeye.socketio.adapter.cluster.ClusterOptions;
import dev.sockeye.socketio.protocol.Arguments;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A server that was closed. Its last events may arrive after the message that announces its end: brokers transport them separately. */
class DepartedServerTest {
    private final FakeNamespace namespace = new FakeNamespace();
    private final ScriptedTransport transport = new ScriptedTransport();
    private final ClusterAdapter adapter = new ClusterAdapter(namespace, transport, ClusterOptions.defaults());

    @BeforeEach
    void start() {
        adapter.init();
        transport.receive(new ClusterMessage.Heartbeat("other", "/"));
        transport.receive(new ClusterMessage.AdapterClose("other", "/"));
    }

    private void lateEvent() {
        transport.receive(
                new ClusterMessage.Broadcast("other", "/", "bye", Arguments.of(), BroadcastOptions.ALL, null));
    }

    @Test
    void isNotWaitedForBecauseOfALateEvent() {
        lateEvent();
        assertThat(adapter.knownServers()).isEmpty();
        assertThat(adapter.serverCount()).isCompletedWithValue(1);
        assertThat(adapter.fetchSockets(BroadcastOptions.ALL)).isCompleted();
    }

    @Test
    void isNotWaitedForBecauseOfALateHeartbeat() {
        transport.receive(new ClusterMessage.Heartbeat("other", "/"));
        assertThat(adapter.knownServers()).isEmpty();
    }

    @Test
    void isKnownAgainWhenItIsStartedAgain() {
        transport.receive(new ClusterMessage.InitialHeartbeat("other", "/"));
        lateEvent();
        assertThat(adapter.knownServers()).containsExactly("other");
    }

    @Test
    void isKnownAgainAfterSomeTimeIfTheMessageThatAnnouncesItsStartWasLost() {
        namespace.now += Duration.ofSeconds(31).toNanos();
        transport.receive(new ClusterMessage.Heartbeat("other", "/"));
        assertThat(adapter.knownServers()).containsExactly("other");
    }

    @Test
    void doesNotAnswerAnInitialHeartbeat() {
        adapter.close();
        transport.published.clear();
        transport.receive(new ClusterMessage.InitialHeartbeat("third", "/"));
        assertThat(transport.published).isEmpty();
    }
}
