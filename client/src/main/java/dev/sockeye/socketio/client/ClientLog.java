package dev.sockeye.socketio.client;

import dev.sockeye.log.LogEvent;

/** The log events of the client. See {@link LogEvent} for the rules. */
enum ClientLog implements LogEvent {
    /**
     * A handler threw an exception, or an event cannot be encoded.
     *
     * <p>Read the stack trace. {@code onError} listeners receive it too.
     */
    HANDLER_FAILED(2001),

    /**
     * A listener that was given to {@code onError} threw an exception.
     *
     * <p>Fix the listener.
     */
    ERROR_LISTENER_FAILED(2002),

    /**
     * A listener of the manager threw an exception.
     *
     * <p>Fix the listener.
     */
    MANAGER_LISTENER_FAILED(2003),

    /**
     * An internal task of the client failed.
     *
     * <p>Report it as a bug, with the stack trace.
     */
    COMMAND_FAILED(2004),

    /**
     * The event loop that was given to the client has been shut down before the client. Its connections are closed.
     *
     * <p>Close the client first.
     */
    LOOP_SHUT_DOWN(2005),

    /**
     * {@code close} did not end in time. It continues in the background.
     *
     * <p>Look for listeners that do not return.
     */
    CLOSE_TIMED_OUT(2006);

    private final int number;

    ClientLog(int number) {
        this.number = number;
    }

    @Override
    public int number() {
        return number;
    }
}
