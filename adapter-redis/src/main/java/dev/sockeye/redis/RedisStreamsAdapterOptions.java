package dev.sockeye.redis;

import java.time.Duration;

/**
 * Options of {@link RedisStreamsAdapter}; all servers of a cluster must have the same names and number of streams. Official
 * counterpart: {@code RedisStreamsAdapterOptions}.
 *
 * @param streamName the name of the stream, or of the streams without their number; default {@code socket.io}
 * @param streamCount how many streams the namespaces are spread over; default 1
 * @param maxLen about how many entries a stream keeps: a server that was away for longer than they last has lost some; default
 *     10,000
 * @param readCount how many entries are read at once; default 100
 * @param blockTime how long one read waits for entries; default 5 seconds
 * @param channelPrefix the first part of the names of the channels for requests and answers; default {@code socket.io}
 * @param sessionKeyPrefix the first part of the keys of sessions for connection state recovery; default {@code sio:session:}
 * @param requestsTimeout how long to wait for other servers when the caller gives no timeout; default 5 seconds
 * @param sessionRefresh with connection state recovery: how often the session of a connected client is written again, besides when
 *     its rooms change, so that it goes on elsewhere when this server is killed; zero to write it only when the client is
 *     disconnected, as the official adapter does; default 1 minute
 */
public record RedisStreamsAdapterOptions(
        String streamName,
        int streamCount,
        long maxLen,
        int readCount,
        Duration blockTime,
        String channelPrefix,
        String sessionKeyPrefix,
        Duration requestsTimeout,
        Duration sessionRefresh) {

    /** All defaults. */
    public static final RedisStreamsAdapterOptions DEFAULT = new RedisStreamsAdapterOptions(
            "socket.io",
            1,
            10_000,
            100,
            Duration.ofSeconds(5),
            "socket.io",
            "sio:session:",
            Duration.ofSeconds(5),
            Duration.ofMinutes(1));

    public RedisStreamsAdapterOptions {
        if (streamName.isEmpty() || channelPrefix.isEmpty() || sessionKeyPrefix.isEmpty()) {
            throw new IllegalArgumentException("names must not be empty");
        }
        if (streamCount < 1 || maxLen < 1 || readCount < 1) {
            throw new IllegalArgumentException("streamCount, maxLen and readCount must be 1 or more");
        }
        if (sessionRefresh.isNegative() || (!sessionRefresh.isZero() && sessionRefresh.toMillis() < 100)) {
            throw new IllegalArgumentException("sessionRefresh must be zero, or 100 ms or more");
        }
        if (blockTime.toMillis() < 1 || requestsTimeout.toMillis() < 1) {
            throw new IllegalArgumentException("blockTime and requestsTimeout must be 1 ms or more");
        }
    }

    /** The same with another name of the stream. */
    public RedisStreamsAdapterOptions withStreamName(String name) {
        return new RedisStreamsAdapterOptions(
                name,
                streamCount,
                maxLen,
                readCount,
                blockTime,
                channelPrefix,
                sessionKeyPrefix,
                requestsTimeout,
                sessionRefresh);
    }

    /** The same with another number of streams. */
    public RedisStreamsAdapterOptions withStreamCount(int count) {
        return new RedisStreamsAdapterOptions(
                streamName,
                count,
                maxLen,
                readCount,
                blockTime,
                channelPrefix,
                sessionKeyPrefix,
                requestsTimeout,
                sessionRefresh);
    }

    /** The same with another length of the streams. */
    public RedisStreamsAdapterOptions withMaxLen(long length) {
        return new RedisStreamsAdapterOptions(
                streamName,
                streamCount,
                length,
                readCount,
                blockTime,
                channelPrefix,
                sessionKeyPrefix,
                requestsTimeout,
                sessionRefresh);
    }

    /** The same with another way of reading. */
    public RedisStreamsAdapterOptions withReading(int count, Duration block) {
        return new RedisStreamsAdapterOptions(
                streamName,
                streamCount,
                maxLen,
                count,
                block,
                channelPrefix,
                sessionKeyPrefix,
                requestsTimeout,
                sessionRefresh);
    }

    /** The same with other names of channels and sessions. */
    public RedisStreamsAdapterOptions withPrefixes(String channels, String sessions) {
        return new RedisStreamsAdapterOptions(
                streamName,
                streamCount,
                maxLen,
                readCount,
                blockTime,
                channels,
                sessions,
                requestsTimeout,
                sessionRefresh);
    }

    /** The same with another timeout. */
    public RedisStreamsAdapterOptions withRequestsTimeout(Duration timeout) {
        return new RedisStreamsAdapterOptions(
                streamName,
                streamCount,
                maxLen,
                readCount,
                blockTime,
                channelPrefix,
                sessionKeyPrefix,
                timeout,
                sessionRefresh);
    }

    /** The same with another time between two writings of a connected client's session; zero for none. */
    public RedisStreamsAdapterOptions withSessionRefresh(Duration time) {
        return new RedisStreamsAdapterOptions(
                streamName,
                streamCount,
                maxLen,
                readCount,
                blockTime,
                channelPrefix,
                sessionKeyPrefix,
                requestsTimeout,
                time);
    }

    /**
     * The stream of a namespace: with several one of them by the hash of the name. The number may be negative, as in the
     * official adapter, whose servers write to such a stream but do not read it.
     */
    String stream(String namespace) {
        return streamCount == 1 ? streamName : streamName + "-" + namespace.hashCode() % streamCount;
    }
}
