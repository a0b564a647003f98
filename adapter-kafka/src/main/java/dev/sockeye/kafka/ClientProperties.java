package dev.sockeye.kafka;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Combines the user's properties (addresses, security, tuning) with those that the adapter depends on. The user's values take
 * precedence where the adapter works with any value.
 */
final class ClientProperties {
    private static final int MAX_BLOCK_MILLIS = 1000;
    private static final long METADATA_MAX_AGE_MILLIS = 30_000;

    private final Map<String, Object> given;

    ClientProperties(Map<String, ?> given) {
        this.given = new HashMap<>(given);
        if (!given.containsKey(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG)) {
            throw new IllegalArgumentException("bootstrap.servers is missing in the properties");
        }
    }

    private Map<String, Object> common() {
        Map<String, Object> all = new HashMap<>(given);
        all.remove(ConsumerConfig.GROUP_ID_CONFIG);
        all.remove(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG);
        all.remove(ProducerConfig.TRANSACTIONAL_ID_CONFIG);
        // reconnect quickly to a broker that is available again
        all.putIfAbsent(CommonClientConfigs.RECONNECT_BACKOFF_MS_CONFIG, 50L);
        all.putIfAbsent(CommonClientConfigs.RECONNECT_BACKOFF_MAX_MS_CONFIG, 1000L);
        all.putIfAbsent(CommonClientConfigs.ENABLE_METRICS_PUSH_CONFIG, false);
        return all;
    }

    Map<String, Object> producer() {
        Map<String, Object> all = common();
        all.putIfAbsent(ProducerConfig.LINGER_MS_CONFIG, 0);
        all.put(ProducerConfig.ACKS_CONFIG, "all");
        all.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        all.put(ProducerConfig.RETRIES_CONFIG, Integer.MAX_VALUE);
        all.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, Integer.MAX_VALUE);
        all.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, MAX_BLOCK_MILLIS);
        all.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        all.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        return all;
    }

    Map<String, Object> consumer() {
        Map<String, Object> all = common();
        all.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        all.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        all.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        all.putIfAbsent(ConsumerConfig.METADATA_MAX_AGE_CONFIG, METADATA_MAX_AGE_MILLIS); // to see new partitions
        all.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        all.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        return all;
    }

    Map<String, Object> admin() {
        return common();
    }
}
