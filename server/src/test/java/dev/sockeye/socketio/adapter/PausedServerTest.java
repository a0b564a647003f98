package dev.sockeye.socketio.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.socketio.adapter.cluster.ClusterAdapter;
import dev.sockeye.socketio.adapter.cluster.ClusterMessage;
import dev.sockeye.socketio.adapter.cluster.ClusterOptions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A server that was suspended: the heartbeats of the others wait in its connection. */
class PausedServerTest {
    private static final Duration SWEEP = Duration.ofSeconds(1);

    private final FakeNamespace namespace = new FakeNamespace();
    private final ScriptedTransport transport = new ScriptedTransport();
    private final ClusterAdapter adapter = new ClusterAdapter(namespace, transport, ClusterOptions.defaults());

    @BeforeEach
    void start() {
        adapter.init();
        transport.receive(new ClusterMessage.Heartbeat("other", "/"));
    }

    private void pass(Duration time) {
        namespace.now += time.toNanos();
        namespace.runTimersUpTo(SWEEP);
    }

    @Test
    void otherServersAreNotForgottenBecauseThisOneWasSuspended() {
        CompletableFuture<List<SocketDetails>> found = adapter.fetchSockets(BroadcastOptions.ALL);
        pass(Duration.ofMinutes(1));
        assertThat(adapter.knownServers()).containsExactly("other");
        assertThat(found).isNotDone();
    }

    @Test
    void aServerThatStaysSilentAfterwardsIsForgotten() {
        pass(Duration.ofMinutes(1));
        for (int i = 0; i < 20; i++) {
            pass(SWEEP);
        }
        assertThat(adapter.knownServers()).isEmpty();
    }

    @Test
    void aSilentServerIsForgottenInTime() {
        for (int i = 0; i < 10; i++) {
            pass(SWEEP);
        }
        assertThat(adapter.knownServers()).containsExactly("other");
        pass(SWEEP);
        assertThat(adapter.knownServers()).isEmpty();
    }
}
