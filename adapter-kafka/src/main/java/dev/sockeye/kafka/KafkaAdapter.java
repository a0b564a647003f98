package dev.sockeye.kafka;

import dev.sockeye.socketio.adapter.Adapter;
import dev.sockeye.socketio.adapter.AdapterFactory;
import dev.sockeye.socketio.adapter.AdapterNamespace;
import dev.sockeye.socketio.adapter.cluster.ClusterAdapter;
import dev.sockeye.socketio.adapter.cluster.ClusterOptions;
import java.util.Map;

/**
 * Connects several servers through Kafka. Messages that are sent while Kafka is unavailable are stored when it is
 * available again, in order and exactly once, and a server continues to read where it stopped. With connection state
 * recovery, a client can recover on any server, even after all servers were restarted. Sockeye's own: there is no
 * official adapter for Kafka.
 *
 * <p>Each server reads all partitions of three topics, without a consumer group: {@code socket.io} has broadcasts and changes of
 * rooms, {@code socket.io-requests} requests, answers and heartbeats, {@code socket.io-sessions} the sessions of clients. Kafka
 * 2.5 or newer.
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
     * @param bootstrapServers some of the brokers, {@code host:port}, separated by commas
     */
    public static KafkaAdapter create(String bootstrapServers) {
        return create(Map.of("bootstrap.servers", bootstrapServers), KafkaAdapterOptions.defaults());
    }

    /**
     * Creates adapters with properties and options.
     *
     * @param properties those of Kafka's clients, for the producer, the consumers and the admin client alike: {@code
     *     bootstrap.servers}, {@code security.protocol}, {@code sasl.*}, {@code ssl.*}, {@code compression.type} and so on; what
     *     order and durability depend on ({@code acks}, {@code enable.idempotence}, {@code group.id}, serializers) is the adapter's
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
