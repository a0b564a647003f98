package dev.sockeye.socketio.adapter.cluster;

import java.time.Duration;

/**
 * How a server lives in a cluster.
 *
 * @param requestsTimeout how long to wait for the answers of other servers when the caller gives no timeout; default 5 seconds
 * @param heartbeatInterval how often a server says that it is alive, where the broker does not count servers; default 5 seconds
 * @param heartbeatTimeout after how long a silent server is taken for dead; default 10 seconds
 */
public record ClusterOptions(Duration requestsTimeout, Duration heartbeatInterval, Duration heartbeatTimeout) {

    /** All defaults. */
    public static final ClusterOptions DEFAULT =
            new ClusterOptions(Duration.ofSeconds(5), Duration.ofSeconds(5), Duration.ofSeconds(10));

    public ClusterOptions {
        check("requestsTimeout", requestsTimeout);
        check("heartbeatInterval", heartbeatInterval);
        check("heartbeatTimeout", heartbeatTimeout);
        if (heartbeatTimeout.compareTo(heartbeatInterval) <= 0) {
            throw new IllegalArgumentException("heartbeatTimeout must be longer than heartbeatInterval");
        }
    }

    private static void check(String name, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(name + " must be positive, was " + value);
        }
    }

    /** The same with another timeout of requests. */
    public ClusterOptions withRequestsTimeout(Duration timeout) {
        return new ClusterOptions(timeout, heartbeatInterval, heartbeatTimeout);
    }

    /** The same with other heartbeats. */
    public ClusterOptions withHeartbeat(Duration interval, Duration timeout) {
        return new ClusterOptions(requestsTimeout, interval, timeout);
    }
}
