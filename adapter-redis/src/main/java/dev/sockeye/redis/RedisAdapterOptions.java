package dev.sockeye.redis;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.time.Duration;

/**
 * Options of {@link RedisAdapter}; immutable. All servers of a cluster need the same {@code key}. Official counterpart: {@code
 * RedisAdapterOptions}.
 */
public final class RedisAdapterOptions {
    private final Builder values;

    private RedisAdapterOptions(Builder values) {
        this.values = values;
    }

    /** All defaults. */
    public static RedisAdapterOptions defaults() {
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

    /** The prefix of all channel names. Default {@code socket.io}. */
    public String key() {
        return values.key;
    }

    /** How long to wait for other servers if the caller sets no timeout. Default 5 seconds. */
    public Duration requestsTimeout() {
        return values.requestsTimeout;
    }

    /**
     * Whether responses are published on a channel of the requesting server instead of one that all servers read.
     * Default false.
     */
    public boolean publishOnSpecificResponseChannel() {
        return values.publishOnSpecificResponseChannel;
    }

    /** Builds {@link RedisAdapterOptions}. Not thread-safe. */
    public static final class Builder {
        private String key = "socket.io";
        private Duration requestsTimeout = Duration.ofSeconds(5);
        private boolean publishOnSpecificResponseChannel = false;

        private Builder() {}

        private Builder(Builder from) {
            key = from.key;
            requestsTimeout = from.requestsTimeout;
            publishOnSpecificResponseChannel = from.publishOnSpecificResponseChannel;
        }

        /** The prefix of all channel names. Default {@code socket.io}. */
        @CanIgnoreReturnValue
        public Builder key(String value) {
            key = value;
            return this;
        }

        /** How long to wait for other servers if the caller sets no timeout. Default 5 seconds. */
        @CanIgnoreReturnValue
        public Builder requestsTimeout(Duration value) {
            requestsTimeout = value;
            return this;
        }

        /**
         * Whether responses are published on a channel of the requesting server instead of one that all servers read.
         * Default false.
         */
        @CanIgnoreReturnValue
        public Builder publishOnSpecificResponseChannel(boolean value) {
            publishOnSpecificResponseChannel = value;
            return this;
        }

        /**
         * Checks and builds.
         *
         * @throws IllegalArgumentException if a value is out of its range; the message names option, value and range
         */
        public RedisAdapterOptions build() {
            if (key.isEmpty()) {
                throw new IllegalArgumentException("key must not be empty");
            }
            DurationLimits.positive("requestsTimeout", requestsTimeout);
            return new RedisAdapterOptions(new Builder(this));
        }
    }
}
