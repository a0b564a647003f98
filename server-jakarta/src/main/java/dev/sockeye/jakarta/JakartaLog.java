package dev.sockeye.jakarta;

import dev.sockeye.log.LogEvent;

/** The log events of the Servlet host. See {@link LogEvent} for the rules. */
enum JakartaLog implements LogEvent {
    /**
     * Undertow accepts smaller request bodies than {@code maxHttpBufferSize} allows.
     *
     * <p>Set {@code UndertowOptions.MAX_ENTITY_SIZE} at least to that size.
     */
    BODY_LIMIT_TOO_LOW(1601),

    /**
     * The limit of the container for request bodies cannot be changed.
     *
     * <p>Set it in the configuration of the container, at least to {@code maxHttpBufferSize}.
     */
    BODY_LIMIT_NOT_SET(1602),

    /**
     * The container failed to switch a request to WebSocket.
     *
     * <p>Check the cause, and that the container has a WebSocket module.
     */
    NO_UPGRADE(1603),

    /**
     * A task of the I/O layer threw an exception.
     *
     * <p>Report it as a bug, with the stack trace.
     */
    LOOP_TASK_FAILED(1604),

    /**
     * The receiver of a WebSocket threw an exception. The connection was closed.
     *
     * <p>Report it as a bug, with the stack trace.
     */
    LISTENER_FAILED(1605),

    /**
     * A method of the container is not open to this module. Connections are closed less quickly.
     *
     * <p>Open the package to the module {@code dev.sockeye.server.jakarta}, or use the class path.
     */
    METHOD_NOT_OPEN(1606),

    /**
     * Handlers still run after {@code closeTimeout}, while the servlet is destroyed.
     *
     * <p>Look for handlers that do not return, or raise {@code closeTimeout}.
     */
    HANDLERS_STILL_RUN(1607),

    /**
     * The server was not closed within {@code closeTimeout}, while the servlet is destroyed.
     *
     * <p>Look for handlers that do not return, or raise {@code closeTimeout}.
     */
    CLOSE_TIMED_OUT(1608);

    private final int number;

    JakartaLog(int number) {
        this.number = number;
    }

    @Override
    public int number() {
        return number;
    }
}
