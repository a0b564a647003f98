package dev.sockeye.socketio.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.socketio.adapter.cluster.ClusterOptions;
import dev.sockeye.socketio.adapter.cluster.MemoryCluster;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The sessions of a cluster in one JVM. */
class MemoryClusterSessionsTest {
    private static final Duration KEEP = Duration.ofMinutes(2);

    private final MemoryCluster cluster = new MemoryCluster();

    private FakeNamespace namespace() {
        FakeNamespace namespace = new FakeNamespace();
        namespace.recovery = KEEP;
        return namespace;
    }

    private Adapter started(FakeNamespace namespace) {
        Adapter adapter = cluster.adapters(ClusterOptions.defaults()).create(namespace);
        adapter.init();
        return adapter;
    }

    /** The client has returned in between, and has left again with the same rooms and data. */
    @Test
    void aSessionIsKeptForTheWholeTimeAfterTheLastDisconnection() {
        FakeNamespace first = namespace();
        Adapter one = started(first);
        Adapter two = started(namespace());
        Session session = new Session("sid", "pid", Set.of("sid"), Map.of(), "0");
        one.persistSession(session);
        RestoredSession restored = two.restoreSession("pid", null).join();
        assertThat(restored).isNotNull();
        restored.release();
        first.runTimersUpTo(KEEP);
        assertThat(two.restoreSession("pid", null).join()).isNotNull();
    }
}
