package dev.sockeye.presence;

import dev.sockeye.socketio.adapter.cluster.ClusterOptions;
import dev.sockeye.socketio.adapter.cluster.MemoryCluster;
import dev.sockeye.test.SockeyeTest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Servers of a cluster in memory whose clocks go together. */
final class TestServers implements AutoCloseable {
    private static final Duration STEP = Duration.ofMillis(20);

    private final MemoryCluster cluster = new MemoryCluster((from, to, delivery) -> this.carry(delivery));
    private final List<SockeyeTest> servers = new ArrayList<>();
    private boolean cut;

    TestServers(int count) {
        for (int i = 0; i < count; i++) {
            add();
        }
    }

    private void carry(Runnable delivery) {
        if (!cut) {
            delivery.run();
        }
    }

    SockeyeTest add() {
        SockeyeTest server = SockeyeTest.builder()
                .server(options -> options.adapter(cluster.adapters(ClusterOptions.defaults())))
                .build();
        servers.add(server);
        return server;
    }

    SockeyeTest get(int index) {
        return servers.get(index);
    }

    /** From now on no message arrives. */
    void cutAll(boolean value) {
        cut = value;
    }

    void pass(Duration time) {
        for (Duration left = time; !left.isZero(); left = left.minus(STEP)) {
            for (SockeyeTest server : servers) {
                server.settle();
                server.clock().advance(STEP);
            }
        }
        servers.forEach(SockeyeTest::settle);
    }

    @Override
    public void close() {
        servers.forEach(SockeyeTest::close);
    }
}
