package dev.sockeye.spring;

import dev.sockeye.log.LogEvent;

/** The log events of the Spring Boot starter. See {@link LogEvent} for the rules. */
enum SpringLog implements LogEvent {
    /**
     * The server accepts connections on a separate port ({@code sockeye.port}).
     *
     * <p>Nothing.
     */
    STARTED(5001),

    /**
     * There is no servlet container, and no port is set. Clients cannot connect.
     *
     * <p>Set {@code sockeye.port}, or add a servlet container.
     */
    NOT_SERVED(5002),

    /**
     * Handlers did not end within the time for the shutdown.
     *
     * <p>Look for handlers that do not return, or raise {@code spring.lifecycle.timeout-per-shutdown-phase}.
     */
    HANDLERS_LEFT_BEHIND(5003),

    /**
     * An annotated handler threw an exception after it had returned a future or a publisher.
     *
     * <p>Read the stack trace: the error is in the handler.
     */
    HANDLER_FAILED(5004);

    private final int number;

    SpringLog(int number) {
        this.number = number;
    }

    @Override
    public int number() {
        return number;
    }
}
