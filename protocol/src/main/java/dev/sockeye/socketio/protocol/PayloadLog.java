package dev.sockeye.socketio.protocol;

import dev.sockeye.log.LogEvent;

/** The log events of payload binding. See {@link LogEvent} for the rules. */
enum PayloadLog implements LogEvent {
    /**
     * A Jackson module on the class path cannot be loaded. Values are bound without it.
     *
     * <p>Make the versions of the Jackson modules agree, or remove the module.
     */
    JACKSON_MODULE_LEFT_OUT(1011);

    private final int number;

    PayloadLog(int number) {
        this.number = number;
    }

    @Override
    public int number() {
        return number;
    }
}
