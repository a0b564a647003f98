package dev.sockeye.socketio.adapter.cluster;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.time.Duration;

/** Options of a server in a cluster. Immutable. */
public final class ClusterOptions {
    private final Builder values;

    private ClusterOptions(Builder values) {
        this.values = values;
    }

    /** All defaults. */
    public static ClusterOptions defaults() {
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

    /** How long to wait for the answers of other servers if the caller sets no timeout. Default: 5 seconds. */
    public Duration requestsTimeout() {
        return values.requestsTimeout;
    }

    /**
     * The interval at which a server reports that it is alive; used only if the broker does not count servers. Default:
     * 5 seconds.
     */
    public Duration heartbeatInterval() {
        return values.heartbeatInterval;
    }

    /**
     * How long a server may be silent before it is considered dead; must be longer than the interval. Default: 10
     * seconds.
     */
    public Duration heartbeatTimeout() {
        return values.heartbeatTimeout;
    }

    /** Builds {@link ClusterOptions}. Not thread-safe. */
    public static final class Builder {
        /** In nanoseconds, it must not overflow. */
        private static final Duration LONGEST = Duration.ofDays(26_000);

        private Duration requestsTimeout = Duration.ofSeconds(5);
        private Duration heartbeatInterval = Duration.ofSeconds(5);
        private Duration heartbeatTimeout = Duration.ofSeconds(10);

        private Builder() {}

        private Builder(Builder from) {
            requestsTimeout = from.requestsTimeout;
            heartbeatInterval = from.heartbeatInterval;
            heartbeatTimeout = from.heartbeatTimeout;
        }

        /** How long to wait for the answers of other servers if the caller sets no timeout. Default: 5 seconds. */
        @CanIgnoreReturnValue
        public Builder requestsTimeout(Duration value) {
            requestsTimeout = value;
            return this;
        }

        /**
         * The interval at which a server reports that it is alive; used only if the broker does not count servers.
         * Default: 5 seconds.
         */
        @CanIgnoreReturnValue
        public Builder heartbeatInterval(Duration value) {
            heartbeatInterval = value;
            return this;
        }

        /**
         * How long a server may be silent before it is considered dead; must be longer than the interval. Default: 10
         * seconds.
         */
        @CanIgnoreReturnValue
        public Builder heartbeatTimeout(Duration value) {
            heartbeatTimeout = value;
            return this;
        }

        private static void positive(String name, Duration value) {
            if (value.isNegative() || value.isZero()) {
                throw new IllegalArgumentException(name + " must be positive, was " + value);
            }
            if (value.compareTo(LONGEST) > 0) {
                throw new IllegalArgumentException(
                        name + " must be at most " + LONGEST.toDays() + " days, was " + value);
            }
        }

        /**
         * Checks and builds.
         *
         * @throws IllegalArgumentException if a value is out of its range; the message names option, value and range
         */
        public ClusterOptions build() {
            positive("requestsTimeout", requestsTimeout);
            positive("heartbeatInterval", heartbeatInterval);
            positive("heartbeatTimeout", heartbeatTimeout);
            if (heartbeatTimeout.compareTo(heartbeatInterval) <= 0) {
                throw new IllegalArgumentException("heartbeatTimeout must be longer than heartbeatInterval ("
                        + heartbeatInterval + "), was " + heartbeatTimeout);
            }
            return new ClusterOptions(new Builder(this));
        }
    }
}
