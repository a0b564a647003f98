package dev.sockeye.kafka;

import java.time.Duration;
import java.util.Objects;

/**
 * Options of {@link KafkaAdapter} and {@link KafkaEmitter}. All servers and emitters of a cluster must have the same topic and
 * partitioning. Immutable.
 */
public final class KafkaAdapterOptions {

    /** How the messages of a namespace are spread over the partitions of the topic. */
    public enum Partitioning {
        /** All messages of a namespace are in one partition, and so in one order. Needed for connection state recovery. */
        NAMESPACE,

        /**
         * A broadcast to exactly one room goes to a partition chosen by namespace and room, everything else as with {@link
         * #NAMESPACE}. Spreads one busy namespace over several brokers. Only events to the same room are in order then: an event
         * to a room may overtake one to another room, and one that was sent after {@code socketsJoin} may arrive before it.
         */
        ROOM
    }

    private final String topic;
    private final boolean createTopics;
    private final int partitions;
    private final short replicationFactor;
    private final Duration retention;
    private final Partitioning partitioning;
    private final Duration requestsTimeout;
    private final Duration heartbeatInterval;
    private final Duration heartbeatTimeout;
    private final Duration sessionRefresh;
    private final long maxQueuedBytes;
    private final long maxSessionBytes;

    private KafkaAdapterOptions(Builder builder) {
        topic = builder.topic;
        createTopics = builder.createTopics;
        partitions = builder.partitions;
        replicationFactor = builder.replicationFactor;
        retention = builder.retention;
        partitioning = builder.partitioning;
        requestsTimeout = builder.requestsTimeout;
        heartbeatInterval = builder.heartbeatInterval;
        heartbeatTimeout = builder.heartbeatTimeout;
        sessionRefresh = builder.sessionRefresh;
        maxQueuedBytes = builder.maxQueuedBytes;
        maxSessionBytes = builder.maxSessionBytes;
    }

    /** All defaults. */
    public static KafkaAdapterOptions defaults() {
        return builder().build();
    }

    /** A builder with all defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** A builder with these options. */
    public Builder toBuilder() {
        Builder builder = new Builder();
        builder.topic = topic;
        builder.createTopics = createTopics;
        builder.partitions = partitions;
        builder.replicationFactor = replicationFactor;
        builder.retention = retention;
        builder.partitioning = partitioning;
        builder.requestsTimeout = requestsTimeout;
        builder.heartbeatInterval = heartbeatInterval;
        builder.heartbeatTimeout = heartbeatTimeout;
        builder.sessionRefresh = sessionRefresh;
        builder.maxQueuedBytes = maxQueuedBytes;
        builder.maxSessionBytes = maxSessionBytes;
        return builder;
    }

    /** The topic of broadcasts and changes of rooms. */
    public String topic() {
        return topic;
    }

    /** The topic of requests, answers and heartbeats. */
    String requestTopic() {
        return topic + "-requests";
    }

    /** The topic of sessions. */
    String sessionTopic() {
        return topic + "-sessions";
    }

    /** Whether missing topics are created. */
    public boolean createTopics() {
        return createTopics;
    }

    /** How many partitions a topic is created with. */
    public int partitions() {
        return partitions;
    }

    /** How many replicas a topic is created with; -1 for the default of the brokers. */
    public short replicationFactor() {
        return replicationFactor;
    }

    /** How long a topic that is created keeps its records. */
    public Duration retention() {
        return retention;
    }

    /** How messages are spread over the partitions. */
    public Partitioning partitioning() {
        return partitioning;
    }

    /** How long to wait for other servers when the caller gives no timeout. */
    public Duration requestsTimeout() {
        return requestsTimeout;
    }

    /** How often a server says that it is alive. */
    public Duration heartbeatInterval() {
        return heartbeatInterval;
    }

    /** After how long a silent server counts as dead. */
    public Duration heartbeatTimeout() {
        return heartbeatTimeout;
    }

    /** How often the session of a connected client is written again; zero for never. */
    public Duration sessionRefresh() {
        return sessionRefresh;
    }

    /** How many bytes of messages may wait for Kafka. */
    public long maxQueuedBytes() {
        return maxQueuedBytes;
    }

    /** How many bytes of sessions of the whole cluster a server keeps in memory. */
    public long maxSessionBytes() {
        return maxSessionBytes;
    }

    /** Makes options; not thread-safe. */
    public static final class Builder {
        private String topic = "socket.io";
        private boolean createTopics = true;
        private int partitions = 1;
        private short replicationFactor = -1;
        private Duration retention = Duration.ofHours(1);
        private Partitioning partitioning = Partitioning.NAMESPACE;
        private Duration requestsTimeout = Duration.ofSeconds(5);
        private Duration heartbeatInterval = Duration.ofSeconds(5);
        private Duration heartbeatTimeout = Duration.ofSeconds(10);
        private Duration sessionRefresh = Duration.ofMinutes(1);
        private long maxQueuedBytes = 64L * 1024 * 1024;
        private long maxSessionBytes = 64L * 1024 * 1024;

        private Builder() {}

        /**
         * The topic of broadcasts. Two more have its name and {@code -requests} and {@code -sessions}; default {@code socket.io}.
         */
        public Builder topic(String name) {
            topic = Objects.requireNonNull(name);
            return this;
        }

        /** Whether missing topics are created, which needs the right to; default true. */
        public Builder createTopics(boolean create) {
            createTopics = create;
            return this;
        }

        /**
         * How many partitions a topic is created with; default 1. A namespace uses one of them, with {@link Partitioning#ROOM}
         * all. Topics that exist are used as they are.
         */
        public Builder partitions(int number) {
            partitions = number;
            return this;
        }

        /** How many replicas a topic is created with; default -1, the default of the brokers. */
        public Builder replicationFactor(int number) {
            replicationFactor = (short) number;
            return this;
        }

        /**
         * How long a topic that is created keeps its records: so long a server may be away and a client may come back; default 1
         * hour. Longer than {@code maxDisconnectionDuration}.
         */
        public Builder retention(Duration time) {
            retention = Objects.requireNonNull(time);
            return this;
        }

        /** How messages are spread over the partitions; default {@link Partitioning#NAMESPACE}. */
        public Builder partitioning(Partitioning by) {
            partitioning = Objects.requireNonNull(by);
            return this;
        }

        /** How long to wait for other servers when the caller gives no timeout; default 5 seconds. */
        public Builder requestsTimeout(Duration time) {
            requestsTimeout = Objects.requireNonNull(time);
            return this;
        }

        /** How often a server says that it is alive; default 5 seconds. */
        public Builder heartbeatInterval(Duration time) {
            heartbeatInterval = Objects.requireNonNull(time);
            return this;
        }

        /** After how long a silent server counts as dead; default 10 seconds. Longer than the interval. */
        public Builder heartbeatTimeout(Duration time) {
            heartbeatTimeout = Objects.requireNonNull(time);
            return this;
        }

        /**
         * With connection state recovery: how often the session of a connected client is written again, besides when its rooms
         * change, so that it goes on elsewhere when this server is killed; default 1 minute. Zero writes a session only when its
         * client is disconnected.
         */
        public Builder sessionRefresh(Duration time) {
            sessionRefresh = Objects.requireNonNull(time);
            return this;
        }

        /** How many bytes of messages may wait for Kafka; more are dropped and counted as lost; default 64 MiB. */
        public Builder maxQueuedBytes(long bytes) {
            maxQueuedBytes = bytes;
            return this;
        }

        /**
         * With connection state recovery: how many bytes of sessions of the whole cluster a server keeps in memory; default 64
         * MiB. The oldest are forgotten beyond it: their clients start anew when they come to this server.
         */
        public Builder maxSessionBytes(long bytes) {
            maxSessionBytes = bytes;
            return this;
        }

        /**
         * Makes the options.
         *
         * @throws IllegalArgumentException if an option is out of its range
         */
        public KafkaAdapterOptions build() {
            check(!topic.isEmpty() && topic.length() <= 240, "topic must have 1 to 240 characters");
            check(partitions >= 1, "partitions must be 1 or more");
            check(replicationFactor == -1 || replicationFactor >= 1, "replicationFactor must be -1, or 1 or more");
            check(retention.toMillis() >= 1000, "retention must be 1 second or more");
            check(requestsTimeout.toMillis() >= 1, "requestsTimeout must be 1 ms or more");
            check(heartbeatInterval.toMillis() >= 1, "heartbeatInterval must be 1 ms or more");
            check(
                    heartbeatTimeout.compareTo(heartbeatInterval) > 0,
                    "heartbeatTimeout must be above heartbeatInterval");
            check(
                    sessionRefresh.isZero() || sessionRefresh.toMillis() >= 100,
                    "sessionRefresh must be zero, or 100 ms or more");
            check(maxQueuedBytes >= 1, "maxQueuedBytes must be 1 or more");
            check(maxSessionBytes >= 1, "maxSessionBytes must be 1 or more");
            return new KafkaAdapterOptions(this);
        }

        private static void check(boolean valid, String message) {
            if (!valid) {
                throw new IllegalArgumentException(message);
            }
        }
    }
}
