package dev.sockeye.redis;

import java.time.Duration;

/**
 * Options of {@link RedisAdapter}; all servers of a cluster must have the same {@code key}. Official counterpart: {@code
 * RedisAdapterOptions}.
 *
 * @param key the first part of the names of all channels; default {@code socket.io}
 * @param requestsTimeout how long to wait for other servers when the caller gives no timeout; default 5 seconds
 * @param publishOnSpecificResponseChannel whether answers go to a channel of the server that asks, not to one that all read;
 *     default false
 */
public record RedisAdapterOptions(String key, Duration requestsTimeout, boolean publishOnSpecificResponseChannel) {

    /** All defaults. */
    public static final RedisAdapterOptions DEFAULT =
            new RedisAdapterOptions("socket.io", Duration.ofSeconds(5), false);

    public RedisAdapterOptions {
        if (key.isEmpty()) {
            throw new IllegalArgumentException("key must not be empty");
        }
        if (requestsTimeout.isNegative() || requestsTimeout.isZero()) {
            throw new IllegalArgumentException("requestsTimeout must be positive, was " + requestsTimeout);
        }
    }

    /** The same with another key. */
    public RedisAdapterOptions withKey(String other) {
        return new RedisAdapterOptions(other, requestsTimeout, publishOnSpecificResponseChannel);
    }

    /** The same with another timeout. */
    public RedisAdapterOptions withRequestsTimeout(Duration timeout) {
        return new RedisAdapterOptions(key, timeout, publishOnSpecificResponseChannel);
    }

    /** The same with another choice about answers. */
    public RedisAdapterOptions withPublishOnSpecificResponseChannel(boolean on) {
        return new RedisAdapterOptions(key, requestsTimeout, on);
    }
}
