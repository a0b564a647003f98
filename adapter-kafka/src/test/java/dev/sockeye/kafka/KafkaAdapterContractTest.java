package dev.sockeye.kafka;

import dev.sockeye.adapter.tck.ClusterAdapterContract;
import dev.sockeye.adapter.tck.ClusterBroker;

/** With connection state recovery: the events of a namespace in one partition of several. */
class KafkaAdapterContractTest extends ClusterAdapterContract {
    @Override
    protected ClusterBroker startBroker() throws Exception {
        return new KafkaBroker(
                KafkaProcess.shared(),
                true,
                KafkaAdapterOptions.builder().partitions(3).build());
    }
}
