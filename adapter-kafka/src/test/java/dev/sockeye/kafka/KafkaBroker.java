package dev.sockeye.kafka;

import dev.sockeye.adapter.tck.ClusterAdapterContract;
import dev.sockeye.adapter.tck.ClusterBroker;
import dev.sockeye.adapter.tck.TcpProxy;
import dev.sockeye.socketio.adapter.AdapterFactory;
import dev.sockeye.socketio.adapter.cluster.Emitter;
import java.util.Map;

/** A Kafka for the tests that every adapter passes. */
final class KafkaBroker implements ClusterBroker {
    private final KafkaProcess kafka;
    private final boolean recovery;
    private final KafkaAdapterOptions options;

    KafkaBroker(KafkaProcess kafka, boolean recovery, KafkaAdapterOptions options) {
        this.kafka = kafka;
        this.recovery = recovery;
        this.options = options.toBuilder()
                .requestsTimeout(ClusterAdapterContract.OPTIONS.requestsTimeout())
                .heartbeatInterval(ClusterAdapterContract.OPTIONS.heartbeatInterval())
                .heartbeatTimeout(ClusterAdapterContract.OPTIONS.heartbeatTimeout())
                .build();
    }

    @Override
    public Node node() {
        TcpProxy way = kafka.way();
        return new Node() {
            @Override
            public AdapterFactory adapter() {
                return KafkaAdapter.create(Map.of("bootstrap.servers", "127.0.0.1:" + way.port()), options);
            }

            @Override
            public void cut() {
                way.cut();
            }

            @Override
            public void heal() {
                way.heal();
            }
        };
    }

    @Override
    public Emitter emitter() {
        return KafkaEmitter.connect(Map.of("bootstrap.servers", kafka.servers()), options);
    }

    @Override
    public boolean recovers() {
        return recovery;
    }

    @Override
    public boolean keepsLiveSessions() {
        return recovery;
    }

    @Override
    public boolean isDurable() {
        return true;
    }

    @Override
    public boolean canCut() {
        return true;
    }

    @Override
    public boolean canRestart() {
        return true;
    }

    @Override
    public void stop() throws Exception {
        kafka.kill();
    }

    @Override
    public void start() throws Exception {
        kafka.startAgain();
    }
}
