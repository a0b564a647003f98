package dev.sockeye.socketio.adapter;

import dev.sockeye.log.LogEvent;

/** The log events of adapters. See {@link LogEvent} for the rules. */
enum AdapterLog implements LogEvent {
    /**
     * A listener of rooms threw an exception.
     *
     * <p>Fix the listener.
     */
    ROOM_LISTENER_FAILED(1401),

    /**
     * {@code serverSideEmit} was called, but the adapter knows one server only.
     *
     * <p>Use an adapter for clusters, or do not call it.
     */
    SERVER_SIDE_EMIT_WITHOUT_CLUSTER(1402);

    private final int number;

    AdapterLog(int number) {
        this.number = number;
    }

    @Override
    public int number() {
        return number;
    }
}
