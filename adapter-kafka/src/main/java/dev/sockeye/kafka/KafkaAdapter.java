package dev.sockeye.kafka;

import dev.sockeye.socketio.adapter.Adapter;
import dev.sockeye.socketio.adapter.AdapterFactory;
import dev.sockeye.socketio.adapter.AdapterNamespace;
import dev.sockeye.socketio.adapter.cluster.ClusterAdapter;
import dev.sockeye.socketio.adapter.cluster.ClusterOptions;
import java.util.Map;

/**
 * Connects several servers through Kafka. Messages that are sent while Kafka is unavailable are stored when it is available
 * again, in order and exactly once, and a server continues to read where it stopped. With connection state recovery, a client
 * can recover on any server, even after all servers were restarted. Specific to Sockeye: there is no official adapter for
 * Kafka.
 *
 * <p>Each server reads all partitions of three topics, without a consumer group: {@code socket.io} contains broadcasts and room
 * changes, {@code socket.io-requests} contains requests, responses and heartbeats, and {@code socket.io-sessions} contains the
 * sessions of clients. Requires Kafka 2.5 or later.
 *
 * <p>Each namespace has a {@link ClusterAdapter}. The connections are shared by all namespaces; they are opened with
 * the first and closed with the last one.
 */
public final class KafkaAdapter implements AdapterFactory {
    private final KafkaLink link;

    private KafkaAdapter(KafkaLink link) {
        this.link = link;
    }

    /**
     * Creates adapters for a Kafka cluster without security.
     *
     * @param bootstrapServers some of the brokers as {@code host:port}, separated by commas
     */
    public static KafkaAdapter create(String bootstrapServers) {
        return create(Map.of("bootstrap.servers", bootstrapServers), KafkaAdapterOptions.defaults());
    }

    /**
     * Creates adapters with properties and options.
     *
     * @param properties properties for the producer, the consumers and the admin client: {@code bootstrap.servers}, {@code
     *     security.protocol}, {@code sasl.*}, {@code ssl.*}, {@code compression.type} and so on; the adapter sets the
     *     properties that order and durability depend on ({@code acks}, {@code enable.idempotence}, {@code group.id},
     *     serializers)
     * @throws IllegalArgumentException if {@code bootstrap.servers} is missing
     */
    public static KafkaAdapter create(Map<String, ?> properties, KafkaAdapterOptions options) {
        return new KafkaAdapter(new KafkaLink(new ClientProperties(properties), options));
    }

    @Override
    public Adapter create(AdapterNamespace namespace) {
        KafkaAdapterOptions options = link.options();
        return new ClusterAdapter(
                namespace,
                new KafkaTransport(link),
                ClusterOptions.builder()
                        .requestsTimeout(options.requestsTimeout())
                        .heartbeatInterval(options.heartbeatInterval())
                        .heartbeatTimeout(options.heartbeatTimeout())
                        .build());
    }
}
