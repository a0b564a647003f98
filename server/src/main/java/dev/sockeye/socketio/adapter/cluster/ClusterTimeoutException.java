package dev.sockeye.socketio.adapter.cluster;

import dev.sockeye.socketio.adapter.SocketDetails;
import dev.sockeye.socketio.protocol.Arguments;
import java.util.List;
import java.util.Set;

/**
 * Thrown when not all servers of the cluster have answered in time. It has the answers that were received and the ids
 * of the missing servers.
 */
public final class ClusterTimeoutException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<SocketDetails> sockets;
    private final transient List<Arguments> responses;
    private final transient Set<String> missing;

    ClusterTimeoutException(
            int answered, int expected, Set<String> missing, List<SocketDetails> sockets, List<Arguments> responses) {
        super("timeout reached: only " + answered + " responses received out of " + expected
                + (missing.isEmpty() ? "" : "; missing: " + String.join(", ", missing)));
        this.sockets = List.copyOf(sockets);
        this.responses = List.copyOf(responses);
        this.missing = Set.copyOf(missing);
    }

    /** The sockets found in time, including those of this server; for {@code fetchSockets}. */
    public List<SocketDetails> sockets() {
        return sockets;
    }

    /** The answers received in time; for {@code serverSideEmitWithAck}. */
    public List<Arguments> responses() {
        return responses;
    }

    /** The ids of the servers that did not answer, as far as they are known to this server. */
    public Set<String> missing() {
        return missing;
    }
}
