package dev.sockeye.socketio.adapter.cluster;

import dev.sockeye.log.LogEvent;

/** The log events of adapters for clusters. See {@link LogEvent} for the rules. */
enum ClusterLog implements LogEvent {
    /**
     * A message of another server cannot be read. Later ones are counted only.
     *
     * <p>Run versions that understand each other on all servers, and let nothing else write to the channels of the adapter.
     */
    MALFORMED_MESSAGE(1421),

    /**
     * A message of another server was read, but its processing failed.
     *
     * <p>Read the stack trace. If it does not lead to your code, report it as a bug.
     */
    MESSAGE_FAILED(1422),

    /**
     * An event of {@code serverSideEmit} was not sent to the other servers.
     *
     * <p>Look at the cause: an argument cannot be encoded, or the broker is not reachable.
     */
    SERVER_SIDE_EVENT_NOT_SENT(1423);

    private final int number;

    ClusterLog(int number) {
        this.number = number;
    }

    @Override
    public int number() {
        return number;
    }
}
