package dev.sockeye.socketio.server.internal;

import dev.sockeye.log.LogEvent;

/** The log events of the server. See {@link LogEvent} for the rules. */
enum ServerLog implements LogEvent {
    /**
     * A handler of an event threw an exception. The socket stays connected.
     *
     * <p>Read the stack trace: the error is in the handler. {@code onHandlerError} listeners receive it too.
     */
    HANDLER_FAILED(1301),

    /**
     * A listener of acknowledgement times threw an exception.
     *
     * <p>Fix the listener.
     */
    ACK_LISTENER_FAILED(1302),

    /**
     * A listener that was given to {@code onHandlerError} threw an exception.
     *
     * <p>Fix the listener.
     */
    ERROR_LISTENER_FAILED(1303),

    /**
     * A client sent an event whose arguments do not fit the types of the handler. The handler was not called. At most ten lines a second.
     *
     * <p>Compare the types of client and server, or expect it from clients that you do not control.
     */
    PAYLOAD_DOES_NOT_FIT(1304),

    /**
     * A socket did not join a room, because it already is in {@code maxRoomsPerSocket} rooms.
     *
     * <p>Raise the limit if the application needs more rooms for each socket.
     */
    JOIN_REFUSED(1305),

    /**
     * A listener of rate limits threw an exception.
     *
     * <p>Fix the listener.
     */
    RATE_LIMIT_LISTENER_FAILED(1306),

    /**
     * The predicate of a dynamic namespace threw an exception. The namespace was refused.
     *
     * <p>Fix the predicate.
     */
    NAMESPACE_PREDICATE_FAILED(1307),

    /**
     * A listener of new namespaces threw an exception.
     *
     * <p>Fix the listener.
     */
    NAMESPACE_LISTENER_FAILED(1308),

    /**
     * The adapter of a namespace failed to start. Its clients are served, but other servers may not be reached.
     *
     * <p>Look at the cause: the broker is usually not reachable.
     */
    ADAPTER_NOT_STARTED(1309),

    /**
     * The adapter of a namespace failed to close.
     *
     * <p>Look at the cause. The other servers notice the end of this one by its heartbeat.
     */
    ADAPTER_NOT_ENDED(1310),

    /**
     * A call of the adapter of a namespace failed.
     *
     * <p>Look at the cause. If the adapter is your own, fix it.
     */
    ADAPTER_FAILED(1311),

    /**
     * Listeners of {@code serverSideEmit} events are too slow, and events were dropped.
     *
     * <p>Do less in the listeners, or hand the work over to another thread.
     */
    SERVER_SIDE_EVENTS_DROPPED(1312),

    /**
     * The arguments of a server-side event do not fit the types of its handler.
     *
     * <p>Run the same version of the application on all servers.
     */
    SERVER_SIDE_PAYLOAD_DOES_NOT_FIT(1313),

    /**
     * A handler of a server-side event threw an exception.
     *
     * <p>Read the stack trace: the error is in the handler.
     */
    SERVER_SIDE_HANDLER_FAILED(1314),

    /**
     * An error ended {@code drain} early. The server is closed now.
     *
     * <p>Report it as a bug, with the stack trace.
     */
    DRAIN_FAILED(1315),

    /**
     * The server is closed, but a part of it failed to close.
     *
     * <p>Look at the cause.
     */
    CLOSED_WITH_ERROR(1316),

    /**
     * The server is not closed yet after the time that {@code close} waits. It continues in the background.
     *
     * <p>Look for handlers that do not return (a thread dump shows them).
     */
    CLOSE_TIMED_OUT(1317),

    /**
     * {@code drain} has begun: new sessions are refused, and clients are disconnected one after another.
     *
     * <p>Nothing. SKY-1319 is logged at the end.
     */
    DRAIN_STARTED(1318),

    /**
     * {@code drain} has ended, and the server is closed.
     *
     * <p>Nothing.
     */
    DRAIN_ENDED(1319);

    private final int number;

    ServerLog(int number) {
        this.number = number;
    }

    @Override
    public int number() {
        return number;
    }
}
