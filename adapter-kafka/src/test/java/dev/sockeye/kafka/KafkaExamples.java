package dev.sockeye.kafka;

import dev.sockeye.socketio.adapter.AdapterFactory;
import java.util.Map;

/** The code of docs/kafka.md. */
final class KafkaExamples {
    private KafkaExamples() {}

    static AdapterFactory secured(String jaas) {
        Map<String, Object> properties = Map.of(
                "bootstrap.servers", "kafka-1:9093,kafka-2:9093",
                "security.protocol", "SASL_SSL",
                "sasl.mechanism", "SCRAM-SHA-512",
                "sasl.jaas.config", jaas);
        AdapterFactory adapter = KafkaAdapter.create(
                properties, KafkaAdapterOptions.builder().replicationFactor(3).build());
        return adapter;
    }
}
