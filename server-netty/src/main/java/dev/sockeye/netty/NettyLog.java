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
    CERTIFICATES_RELOADED(1503),

    /**
     * The host uses io_uring, but without a ring of receive buffers, because the kernel does not support it or refused it. All features work;
     * each read costs more CPU. The message has the reason.
     *
     * <p>Use Linux 5.19 or later, and check the limit of lockable memory ({@code ulimit -l}), or use epoll.
     */
    NO_RECEIVE_RING(1504);

    private final int number;

    NettyLog(int number) {
        this.number = number;
    }

    @Override
    public int number() {
        return number;
    }
}
