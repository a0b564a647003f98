package dev.sockeye.kafka;

import java.time.Duration;
import java.util.Objects;

/**
 * Options of {@link KafkaAdapter} and {@link KafkaEmitter}. All servers and emitters of a cluster must have the same topic and
 * partitioning. Immutable.
 */
public final class KafkaAdapterOptions {

    /** How the messages of a namespace are distributed over the partitions of the topic. */
    public enum Partitioning {
        /**
         * All messages of a namespace are in one partition, and therefore in one order. Required for connection state
         * recovery.
         */
        NAMESPACE,

        /**
         * A broadcast to exactly one room is sent to a partition chosen by namespace and room, all other messages as
         * with {@link #NAMESPACE}. Distributes one busy namespace over several brokers. Then only events to the same
         * room are in order: an event to a room may overtake one to another room, and an event that was sent after
         * {@code socketsJoin} may arrive before it.
         */
        ROOM
    }

    /** In nanoseconds, the sum of two must not overflow. */
    private static final Duration LONGEST = Duration.ofDays(26_000);

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

    /** The number of partitions of new topics. */
    public int partitions() {
        return partitions;
    }

    /** The number of replicas of new topics; -1 for the default of the brokers. */
    public short replicationFactor() {
        return replicationFactor;
    }

    /** How long new topics keep their records. */
    public Duration retention() {
        return retention;
    }

    /** How messages are distributed over the partitions. */
    public Partitioning partitioning() {
        return partitioning;
    }

    /** How long to wait for other servers if the caller sets no timeout. */
    public Duration requestsTimeout() {
        return requestsTimeout;
    }

    /** The interval at which a server reports that it is alive. */
    public Duration heartbeatInterval() {
        return heartbeatInterval;
    }

    /** How long a server may be silent before it is considered dead. */
    public Duration heartbeatTimeout() {
        return heartbeatTimeout;
    }

    /** The interval at which the session of a connected client is stored again; zero for never. */
    public Duration sessionRefresh() {
        return sessionRefresh;
    }

    /** The maximum size in bytes of the queue for Kafka. */
    public long maxQueuedBytes() {
        return maxQueuedBytes;
    }

    /** The maximum size in bytes of the sessions of the whole cluster that a server keeps in memory. */
    public long maxSessionBytes() {
        return maxSessionBytes;
    }

    /** Builds {@link KafkaAdapterOptions}. Not thread-safe. */
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

        /** Whether missing topics are created, which requires the permission to do so; default true. */
        public Builder createTopics(boolean create) {
            createTopics = create;
            return this;
        }

        /**
         * The number of partitions of new topics; default 1. A namespace uses one of them, or all with {@link
         * Partitioning#ROOM}. Existing topics are not changed.
         */
        public Builder partitions(int number) {
            partitions = number;
            return this;
        }

        /** The number of replicas of new topics; default -1, the default of the brokers. */
        public Builder replicationFactor(int number) {
            replicationFactor = (short) number;
            return this;
        }

        /**
         * How long new topics keep their records, which limits how long a server may be disconnected and a client can
         * recover; default 1 hour. Must be longer than {@code maxDisconnectionDuration}.
         */
        public Builder retention(Duration time) {
            retention = Objects.requireNonNull(time);
            return this;
        }

        /** How messages are distributed over the partitions; default {@link Partitioning#NAMESPACE}. */
        public Builder partitioning(Partitioning by) {
            partitioning = Objects.requireNonNull(by);
            return this;
        }

        /** How long to wait for other servers if the caller sets no timeout; default 5 seconds. */
        public Builder requestsTimeout(Duration time) {
            requestsTimeout = Objects.requireNonNull(time);
            return this;
        }

        /** The interval at which a server reports that it is alive; default 5 seconds. */
        public Builder heartbeatInterval(Duration time) {
            heartbeatInterval = Objects.requireNonNull(time);
            return this;
        }

        /**
         * How long a server may be silent before it is considered dead; default 10 seconds. Must be longer than the
         * interval.
         */
        public Builder heartbeatTimeout(Duration time) {
            heartbeatTimeout = Objects.requireNonNull(time);
            return this;
        }

        /**
         * With connection state recovery: the interval at which the session of a connected client is stored again, in
         * addition to each change of its rooms, so that it can be recovered on another server after this one has
         * crashed; default 1 minute. If zero, it is stored only when the client disconnects.
         */
        public Builder sessionRefresh(Duration time) {
            sessionRefresh = Objects.requireNonNull(time);
            return this;
        }

        /**
         * The maximum size in bytes of the queue for Kafka; further messages are dropped and counted as lost; default
         * 64 MiB.
         */
        public Builder maxQueuedBytes(long bytes) {
            maxQueuedBytes = bytes;
            return this;
        }

        /**
         * With connection state recovery: the maximum size in bytes of the sessions of the whole cluster that a server
         * keeps in memory; default 64 MiB. Above that the oldest are removed: their clients are not recovered on this
         * server.
         */
        public Builder maxSessionBytes(long bytes) {
            maxSessionBytes = bytes;
            return this;
        }

        /**
         * Builds the options.
         *
         * @throws IllegalArgumentException if an option is out of its range
         */
        public KafkaAdapterOptions build() {
            check(!topic.isEmpty() && topic.length() <= 240, "topic must have 1 to 240 characters");
            check(partitions >= 1, "partitions must be 1 or more");
            check(replicationFactor == -1 || replicationFactor >= 1, "replicationFactor must be -1, or 1 or more");
            notTooLong("retention", retention);
            notTooLong("requestsTimeout", requestsTimeout);
            notTooLong("heartbeatInterval", heartbeatInterval);
            notTooLong("heartbeatTimeout", heartbeatTimeout);
            notTooLong("sessionRefresh", sessionRefresh);
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

        private static void notTooLong(String name, Duration value) {
            check(value.compareTo(LONGEST) <= 0, name + " must be at most " + LONGEST.toDays() + " days, was " + value);
        }

        private static void check(boolean valid, String message) {
            if (!valid) {
                throw new IllegalArgumentException(message);
            }
        }
    }
}
