package dev.sockeye.redis;

import java.time.Duration;

/**
 * Options of {@link ShardedRedisAdapter}; all servers of a cluster must have the same prefix and mode. Official counterpart:
 * {@code ShardedRedisAdapterOptions}.
 *
 * @param channelPrefix the first part of the names of all channels; default {@code socket.io}
 * @param subscriptionMode which rooms have a channel of their own; default {@link SubscriptionMode#DYNAMIC}
 * @param requestsTimeout how long to wait for other servers when the caller gives no timeout; default 5 seconds
 */
public record ShardedRedisAdapterOptions(
        String channelPrefix, SubscriptionMode subscriptionMode, Duration requestsTimeout) {

    /** Which rooms have a channel of their own. */
    public enum SubscriptionMode {
        /** None: two channels for each namespace. */
        STATIC,
        /** Rooms but those of one socket. */
        DYNAMIC,
        /** All rooms. */
        DYNAMIC_PRIVATE
    }

    /** All defaults. */
    public static final ShardedRedisAdapterOptions DEFAULT =
            new ShardedRedisAdapterOptions("socket.io", SubscriptionMode.DYNAMIC, Duration.ofSeconds(5));

    public ShardedRedisAdapterOptions {
        if (channelPrefix.isEmpty()) {
            throw new IllegalArgumentException("channelPrefix must not be empty");
        }
        if (requestsTimeout.isNegative() || requestsTimeout.isZero()) {
            throw new IllegalArgumentException("requestsTimeout must be positive, was " + requestsTimeout);
        }
    }

    /** The same with another prefix. */
    public ShardedRedisAdapterOptions withChannelPrefix(String prefix) {
        return new ShardedRedisAdapterOptions(prefix, subscriptionMode, requestsTimeout);
    }

    /** The same with another mode. */
    public ShardedRedisAdapterOptions withSubscriptionMode(SubscriptionMode mode) {
        return new ShardedRedisAdapterOptions(channelPrefix, mode, requestsTimeout);
    }

    /** The same with another timeout. */
    public ShardedRedisAdapterOptions withRequestsTimeout(Duration timeout) {
        return new ShardedRedisAdapterOptions(channelPrefix, subscriptionMode, timeout);
    }
}
