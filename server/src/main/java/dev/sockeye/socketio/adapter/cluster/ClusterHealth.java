package dev.sockeye.socketio.adapter.cluster;

import org.jspecify.annotations.Nullable;

/**
 * The state of the connection to the other servers of the cluster. Sockeye's own.
 *
 * @param connected whether messages can be sent and received
 * @param problem a description of the problem for logs and dashboards; {@code null} if there is none
 * @param waiting the number of messages queued for the broker
 * @param lost the number of messages for other servers that were dropped since the start, and of messages of other servers that
 *     were missed if the adapter can tell (PostgreSQL's can, for messages of Java servers)
 * @param refused the number of malformed messages received from other servers since the start
 */
public record ClusterHealth(boolean connected, @Nullable String problem, int waiting, long lost, long refused) {

    /** Connected, with an empty queue and no lost messages. */
    public static final ClusterHealth GOOD = new ClusterHealth(true, null, 0, 0, 0);
}
