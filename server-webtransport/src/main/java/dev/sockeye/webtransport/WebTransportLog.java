package dev.sockeye.webtransport;

import dev.sockeye.log.LogEvent;

/** The log events of WebTransport. See {@link LogEvent} for the rules. */
enum WebTransportLog implements LogEvent {
    /**
     * The receiver of a WebTransport session threw an exception. The session was closed.
     *
     * <p>Report it as a bug, with the stack trace.
     */
    LISTENER_FAILED(1701);

    private final int number;

    WebTransportLog(int number) {
        this.number = number;
    }

    @Override
    public int number() {
        return number;
    }
}
