package dev.sockeye.redis;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.time.Duration;

/**
 * Options of {@link RedisStreamsAdapter}; immutable. All servers of a cluster need the same names, number of streams and {@code
 * useShardedPubSub}. Official counterpart: {@code RedisStreamsAdapterOptions}.
 */
public final class RedisStreamsAdapterOptions {
    private final Builder values;

    private RedisStreamsAdapterOptions(Builder values) {
        this.values = values;
    }

    /** All defaults. */
    public static RedisStreamsAdapterOptions defaults() {
        return builder().build();
    }

    /** A builder with all defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** A builder with these values. */
    public Builder toBuilder() {
        return new Builder(values);
    }

    /** The name of the stream; with several streams, their prefix before the number. Default {@code socket.io}. */
    public String streamName() {
        return values.streamName;
    }

    /** The number of streams over which the namespaces are distributed. Default 1. */
    public int streamCount() {
        return values.streamCount;
    }

    /**
     * The approximate number of entries kept in a stream. A server that was disconnected for longer has lost entries.
     * Default 10,000.
     */
    public long maxLen() {
        return values.maxLen;
    }

    /** The maximum number of entries that are read at once. Default 100. */
    public int readCount() {
        return values.readCount;
    }

    /** How long a read blocks waiting for entries. Official counterpart: {@code blockTimeInMs}. Default 5 seconds. */
    public Duration blockTime() {
        return values.blockTime;
    }

    /** The prefix of the channel names for requests and responses. Default {@code socket.io}. */
    public String channelPrefix() {
        return values.channelPrefix;
    }

    /**
     * Whether requests and responses use sharded Pub/Sub: in a Redis Cluster each channel is on one member, instead of
     * every message being sent to all members. Requires Redis 7 or later. Default false.
     */
    public boolean useShardedPubSub() {
        return values.useShardedPubSub;
    }

    /** The prefix of the session keys for connection state recovery. Default {@code sio:session:}. */
    public String sessionKeyPrefix() {
        return values.sessionKeyPrefix;
    }

    /** How long to wait for other servers if the caller sets no timeout. Default 5 seconds. */
    public Duration requestsTimeout() {
        return values.requestsTimeout;
    }

    /**
     * With connection state recovery: how often the session of a connected client is stored, in addition to each change
     * of its rooms, so that it can be recovered on another server after this one has crashed. If zero, it is stored
     * only when the client disconnects, as in the official adapter. Sockeye's own. Default 1 minute.
     */
    public Duration sessionRefresh() {
        return values.sessionRefresh;
    }

    /**
     * The stream of a namespace, chosen by the hash of its name if there are several. The number may be negative, as in
     * the official adapter, whose servers write to such a stream but do not read it.
     */
    String stream(String namespace) {
        int count = values.streamCount;
        return count == 1 ? values.streamName : values.streamName + "-" + namespace.hashCode() % count;
    }

    /** Builds {@link RedisStreamsAdapterOptions}. Not thread-safe. */
    public static final class Builder {
        private String streamName = "socket.io";
        private int streamCount = 1;
        private long maxLen = 10_000;
        private int readCount = 100;
        private Duration blockTime = Duration.ofSeconds(5);
        private String channelPrefix = "socket.io";
        private boolean useShardedPubSub = false;
        private String sessionKeyPrefix = "sio:session:";
        private Duration requestsTimeout = Duration.ofSeconds(5);
        private Duration sessionRefresh = Duration.ofMinutes(1);

        private Builder() {}

        private Builder(Builder from) {
            streamName = from.streamName;
            streamCount = from.streamCount;
            maxLen = from.maxLen;
            readCount = from.readCount;
            blockTime = from.blockTime;
            channelPrefix = from.channelPrefix;
            useShardedPubSub = from.useShardedPubSub;
            sessionKeyPrefix = from.sessionKeyPrefix;
            requestsTimeout = from.requestsTimeout;
            sessionRefresh = from.sessionRefresh;
        }

        /** The name of the stream; with several streams, their prefix before the number. Default {@code socket.io}. */
        @CanIgnoreReturnValue
        public Builder streamName(String value) {
            streamName = value;
            return this;
        }

        /** The number of streams over which the namespaces are distributed. Default 1. */
        @CanIgnoreReturnValue
        public Builder streamCount(int value) {
            streamCount = value;
            return this;
        }

        /**
         * The approximate number of entries kept in a stream. A server that was disconnected for longer has lost
         * entries. Default 10,000.
         */
        @CanIgnoreReturnValue
        public Builder maxLen(long value) {
            maxLen = value;
            return this;
        }

        /** The maximum number of entries that are read at once. Default 100. */
        @CanIgnoreReturnValue
        public Builder readCount(int value) {
            readCount = value;
            return this;
        }

        /**
         * How long a read blocks waiting for entries. Official counterpart: {@code blockTimeInMs}. Default 5 seconds.
         */
        @CanIgnoreReturnValue
        public Builder blockTime(Duration value) {
            blockTime = value;
            return this;
        }

        /** The prefix of the channel names for requests and responses. Default {@code socket.io}. */
        @CanIgnoreReturnValue
        public Builder channelPrefix(String value) {
            channelPrefix = value;
            return this;
        }

        /**
         * Whether requests and responses use sharded Pub/Sub: in a Redis Cluster each channel is on one member, instead
         * of every message being sent to all members. Requires Redis 7 or later. Default false.
         */
        @CanIgnoreReturnValue
        public Builder useShardedPubSub(boolean value) {
            useShardedPubSub = value;
            return this;
        }

        /** The prefix of the session keys for connection state recovery. Default {@code sio:session:}. */
        @CanIgnoreReturnValue
        public Builder sessionKeyPrefix(String value) {
            sessionKeyPrefix = value;
            return this;
        }

        /** How long to wait for other servers if the caller sets no timeout. Default 5 seconds. */
        @CanIgnoreReturnValue
        public Builder requestsTimeout(Duration value) {
            requestsTimeout = value;
            return this;
        }

        /**
         * With connection state recovery: how often the session of a connected client is stored, in addition to each
         * change of its rooms, so that it can be recovered on another server after this one has crashed. If zero, it is
         * stored only when the client disconnects, as in the official adapter. Sockeye's own. Default 1 minute.
         */
        @CanIgnoreReturnValue
        public Builder sessionRefresh(Duration value) {
            sessionRefresh = value;
            return this;
        }

        private static void atLeastOne(String name, long value) {
            if (value < 1) {
                throw new IllegalArgumentException(name + " must be 1 or more, was " + value);
            }
        }

        /**
         * Checks and builds.
         *
         * @throws IllegalArgumentException if a value is out of its range; the message names option, value and range
         */
        public RedisStreamsAdapterOptions build() {
            if (streamName.isEmpty() || channelPrefix.isEmpty() || sessionKeyPrefix.isEmpty()) {
                throw new IllegalArgumentException("streamName, channelPrefix and sessionKeyPrefix must not be empty");
            }
            atLeastOne("streamCount", streamCount);
            atLeastOne("maxLen", maxLen);
            atLeastOne("readCount", readCount);
            DurationLimits.notTooLong("sessionRefresh", sessionRefresh);
            DurationLimits.notTooLong("blockTime", blockTime);
            DurationLimits.notTooLong("requestsTimeout", requestsTimeout);
            if (sessionRefresh.isNegative() || (!sessionRefresh.isZero() && sessionRefresh.toMillis() < 100)) {
                throw new IllegalArgumentException(
                        "sessionRefresh must be zero, or 100 ms or more, was " + sessionRefresh);
            }
            atLeastOne("blockTime in milliseconds", blockTime.toMillis());
            atLeastOne("requestsTimeout in milliseconds", requestsTimeout.toMillis());
            return new RedisStreamsAdapterOptions(new Builder(this));
        }
    }
}
