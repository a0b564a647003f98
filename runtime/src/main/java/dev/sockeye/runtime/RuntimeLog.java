package dev.sockeye.runtime;

import dev.sockeye.log.LogEvent;

/** The log events of handler threads and mailboxes. See {@link LogEvent} for the rules. */
enum RuntimeLog implements LogEvent {
    /**
     * All handler threads are blocked or busy while handlers wait, or the system cannot create more threads.
     *
     * <p>Raise {@code HandlerExecution.elastic(maxThreads)}, block less in handlers, or use Java 21 or newer.
     */
    ALL_THREADS_BUSY(1101),

    /**
     * The executor that was given for the handlers rejects tasks. They are tried again, so handlers are delayed.
     *
     * <p>Give it a larger queue or more threads; do not shut it down before the server is closed.
     */
    EXECUTOR_REJECTS(1102),

    /**
     * The bookkeeping before the handlers of a connection failed. The handlers are called all the same.
     *
     * <p>Report it as a bug, with the stack trace.
     */
    MAILBOX_OWNER_FAILED(1103),

    /**
     * A task in the mailbox of a connection threw an exception that no handler caught.
     *
     * <p>Read the stack trace. If it does not lead to your code, report it as a bug.
     */
    TASK_FAILED(1104),

    /**
     * A part of the server was closed with an error. It is closed nevertheless.
     *
     * <p>Read the stack trace. If it does not lead to your code, report it as a bug.
     */
    CLOSED_WITH_ERROR(1105),

    /**
     * {@code close()} of an engine or a host has returned after its limit, before everything had ended.
     *
     * <p>Look for blocked event loops in a thread dump. Do not call {@code close()} on an I/O thread; use {@code closeAsync()}.
     */
    CLOSE_TIMED_OUT(1106);

    private final int number;

    RuntimeLog(int number) {
        this.number = number;
    }

    @Override
    public int number() {
        return number;
    }
}
