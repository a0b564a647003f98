package dev.sockeye.socketio;

import dev.sockeye.log.LogEvent;

/** The log events of handlers of typed events. See {@link LogEvent} for the rules. */
enum TypedEventLog implements LogEvent {
    /**
     * A handler of a typed event threw an exception, or its payload does not fit its type.
     *
     * <p>Read the stack trace: the error is in the handler, or in what the peer sends.
     */
    HANDLER_FAILED(1001);

    private final int number;

    TypedEventLog(int number) {
        this.number = number;
    }

    @Override
    public int number() {
        return number;
    }
}
