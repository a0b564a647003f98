package dev.sockeye.redis;

import dev.sockeye.socketio.adapter.AdapterFactory;
import dev.sockeye.socketio.adapter.cluster.ClusterHealth;
import dev.sockeye.socketio.server.ConnectionStateRecovery;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Two servers with a client each, and a Redis in which faults are injected. */
abstract class FaultsContract {
    private final String[] options;
    RedisProcess redis;
    Cluster cluster;

    FaultsContract(String... options) {
        this.options = options;
    }

    @BeforeEach
    void start() throws Exception {
        redis = RedisProcess.embedded(options);
        cluster = new Cluster();
    }

    @AfterEach
    void stop() throws Exception {
        redis.resume();
        cluster.close();
        redis.close();
    }

    void servers(AdapterFactory one, AdapterFactory two, @Nullable ConnectionStateRecovery recovery) throws Exception {
        cluster.peers.add(new JavaPeer(one, recovery));
        cluster.peers.add(new JavaPeer(two, recovery));
        cluster.clientOfEach();
        cluster.ready();
    }

    JavaPeer server(int index) {
        return (JavaPeer) cluster.peers.get(index);
    }

    ClusterHealth health() {
        return server(0).adapter().health();
    }

    List<Integer> numbers(int client, int count) {
        List<Integer> numbers = new ArrayList<>();
        cluster.received(client, count).forEach(event -> numbers.add((Integer) ((List<?>) event).get(1)));
        return numbers;
    }

    static List<Integer> upTo(int count) {
        List<Integer> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(i);
        }
        return all;
    }
}
