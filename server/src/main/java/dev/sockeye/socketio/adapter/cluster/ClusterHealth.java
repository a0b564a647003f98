package dev.sockeye.socketio.adapter.cluster;

import org.jspecify.annotations.Nullable;

/**
 * How the connection to the other servers is. Sockeye's own.
 *
 * @param connected whether messages go out and come in
 * @param problem what is wrong, for people; {@code null} when nothing is
 * @param waiting messages that wait to be taken by the broker
 * @param lost messages for other servers that were dropped since the start
 * @param refused messages of others that were not understood since the start
 */
public record ClusterHealth(boolean connected, @Nullable String problem, int waiting, long lost, long refused) {

    /** Connected, nothing waits, nothing was lost. */
    public static final ClusterHealth GOOD = new ClusterHealth(true, null, 0, 0, 0);
}
