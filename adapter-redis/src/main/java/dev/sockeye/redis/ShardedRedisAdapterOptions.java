package dev.sockeye.redis;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.time.Duration;

/**
 * Options of {@link ShardedRedisAdapter}; immutable. All servers of a cluster need the same prefix and mode. Official counterpart:
 * {@code ShardedRedisAdapterOptions}.
 */
public final class ShardedRedisAdapterOptions {
    /** Which rooms have their own channel. */
    public enum SubscriptionMode {
        /** No room has its own channel: there are two channels for each namespace. */
        STATIC,
        /** All rooms except those of one socket. */
        DYNAMIC,
        /** All rooms. */
        DYNAMIC_PRIVATE
    }

    private final Builder values;

    private ShardedRedisAdapterOptions(Builder values) {
        this.values = values;
    }

    /** All defaults. */
    public static ShardedRedisAdapterOptions defaults() {
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
    public String channelPrefix() {
        return values.channelPrefix;
    }

    /** Which rooms have their own channel. Default {@link SubscriptionMode#DYNAMIC}. */
    public SubscriptionMode subscriptionMode() {
        return values.subscriptionMode;
    }

    /** How long to wait for other servers if the caller sets no timeout. Default 5 seconds. */
    public Duration requestsTimeout() {
        return values.requestsTimeout;
    }

    /** Builds {@link ShardedRedisAdapterOptions}. Not thread-safe. */
    public static final class Builder {
        private String channelPrefix = "socket.io";
        private SubscriptionMode subscriptionMode = SubscriptionMode.DYNAMIC;
        private Duration requestsTimeout = Duration.ofSeconds(5);

        private Builder() {}

        private Builder(Builder from) {
            channelPrefix = from.channelPrefix;
            subscriptionMode = from.subscriptionMode;
            requestsTimeout = from.requestsTimeout;
        }

        /** The prefix of all channel names. Default {@code socket.io}. */
        @CanIgnoreReturnValue
        public Builder channelPrefix(String value) {
            channelPrefix = value;
            return this;
        }

        /** Which rooms have their own channel. Default {@link SubscriptionMode#DYNAMIC}. */
        @CanIgnoreReturnValue
        public Builder subscriptionMode(SubscriptionMode value) {
            subscriptionMode = value;
            return this;
        }

        /** How long to wait for other servers if the caller sets no timeout. Default 5 seconds. */
        @CanIgnoreReturnValue
        public Builder requestsTimeout(Duration value) {
            requestsTimeout = value;
            return this;
        }

        /**
         * Checks and builds.
         *
         * @throws IllegalArgumentException if a value is out of its range; the message names option, value and range
         */
        public ShardedRedisAdapterOptions build() {
            if (channelPrefix.isEmpty()) {
                throw new IllegalArgumentException("channelPrefix must not be empty");
            }
            DurationLimits.positive("requestsTimeout", requestsTimeout);
            return new ShardedRedisAdapterOptions(new Builder(this));
        }
    }
}
