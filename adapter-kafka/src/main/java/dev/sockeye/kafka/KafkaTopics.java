package dev.sockeye.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.record.TimestampType;

/** Creates the three topics if they are missing, and checks them if they exist. Blocks. */
final class KafkaTopics {
    private static final long TIMEOUT_SECONDS = 10;
    private static final Duration REQUESTS_RETENTION = Duration.ofMinutes(5);
    private static final Duration SHORTEST_SEGMENT = Duration.ofMinutes(1);

    private KafkaTopics() {}

    /**
     * Makes sure that the topics exist.
     *
     * @throws KafkaException if the topics do not exist or cannot be used
     */
    static void ensure(ClientProperties properties, KafkaAdapterOptions options) throws InterruptedException {
        try (Admin admin = Admin.create(properties.admin())) {
            try {
                Set<String> there = admin.listTopics().names().get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
                List<NewTopic> missing = new ArrayList<>();
                add(missing, there, options.topic(), options, options.retention(), TimestampType.CREATE_TIME);
                add(missing, there, options.requestTopic(), options, REQUESTS_RETENTION, TimestampType.CREATE_TIME);
                // servers compare the times of each other's records, and their clocks differ
                add(
                        missing,
                        there,
                        options.sessionTopic(),
                        options,
                        options.retention(),
                        TimestampType.LOG_APPEND_TIME);
                if (!missing.isEmpty()) {
                    if (!options.createTopics()) {
                        throw new KafkaException("the topic " + missing.get(0).name() + " does not exist");
                    }
                    create(admin, missing);
                }
                for (String topic : List.of(options.topic(), options.requestTopic(), options.sessionTopic())) {
                    refuseCompaction(admin, topic);
                }
            } catch (ExecutionException e) {
                Throwable cause = e.getCause() == null ? e : e.getCause();
                throw new KafkaException(String.valueOf(cause.getMessage()), cause);
            } catch (TimeoutException e) {
                throw new KafkaException("the brokers do not answer", e);
            } finally {
                admin.close(Duration.ZERO);
            }
        }
    }

    private static void add(
            List<NewTopic> missing,
            Set<String> there,
            String name,
            KafkaAdapterOptions options,
            Duration retention,
            TimestampType times) {
        if (!there.contains(name)) {
            Optional<Short> replicas =
                    options.replicationFactor() == -1 ? Optional.empty() : Optional.of(options.replicationFactor());
            // records are deleted by segment, but never those in the active segment
            long segment = Math.max(SHORTEST_SEGMENT.toMillis(), retention.toMillis() / 4);
            missing.add(new NewTopic(name, Optional.of(options.partitions()), replicas)
                    .configs(Map.of(
                            TopicConfig.CLEANUP_POLICY_CONFIG,
                            TopicConfig.CLEANUP_POLICY_DELETE,
                            TopicConfig.RETENTION_MS_CONFIG,
                            Long.toString(retention.toMillis()),
                            TopicConfig.SEGMENT_MS_CONFIG,
                            Long.toString(segment),
                            TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG,
                            times.name)));
        }
    }

    private static void create(Admin admin, List<NewTopic> missing)
            throws InterruptedException, ExecutionException, TimeoutException {
        for (var created : admin.createTopics(missing).values().entrySet()) {
            try {
                created.getValue().get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof TopicExistsException)) { // otherwise another server has created it first
                    throw e;
                }
            }
        }
    }

    /**
     * Rejects a compacted topic: it keeps only one record for each namespace or session. All others would be lost, such as a session
     * behind the attempt to take it over.
     */
    private static void refuseCompaction(Admin admin, String topic)
            throws InterruptedException, ExecutionException, TimeoutException {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        try {
            Config config = admin.describeConfigs(List.of(resource))
                    .all()
                    .get(TIMEOUT_SECONDS, TimeUnit.SECONDS)
                    .get(resource);
            var policy = config == null ? null : config.get(TopicConfig.CLEANUP_POLICY_CONFIG);
            if (policy != null && policy.value().contains(TopicConfig.CLEANUP_POLICY_COMPACT)) {
                throw new KafkaException("the topic " + topic + " is compacted, which would lose events: set its "
                        + TopicConfig.CLEANUP_POLICY_CONFIG + " to " + TopicConfig.CLEANUP_POLICY_DELETE);
            }
        } catch (ExecutionException e) {
            if (!(e.getCause()
                    instanceof AuthorizationException)) { // not permitted to read it: assume that it is correct
                throw e;
            }
        }
    }
}
