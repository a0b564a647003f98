package dev.sockeye.netty;

import dev.sockeye.log.LogEvent;

/** The log events of the Netty host. See {@link LogEvent} for the rules. */
enum NettyLog implements LogEvent {
    /**
     * A handler of other HTTP requests ({@code HttpFallback}) threw an exception. The client received status 500.
     *
     * <p>Fix the handler.
     */
    FALLBACK_FAILED(1501),

    /**
     * The receiver of a WebSocket threw an exception. The connection was closed.
     *
     * <p>Report it as a bug, with the stack trace.
     */
    LISTENER_FAILED(1502),

    /**
     * The certificate and its key were read again. New connections use them.
     *
     * <p>Nothing.
     */
    CERTIFICATES_RELOADED(1503);

    private final int number;

    NettyLog(int number) {
        this.number = number;
    }

    @Override
    public int number() {
        return number;
    }
}
