package dev.sockeye.socketio;

import dev.sockeye.socketio.protocol.Arguments;

/** Handles an event without looking at its arguments. */
@FunctionalInterface
@SuppressWarnings("FunctionalInterfaceMethodChanged") // of the two forms the one without arguments is meant
public interface NoArgumentHandler extends RawHandler {

    /**
     * An event. Threads and exceptions as for {@link RawHandler}.
     *
     * @throws Exception as {@link RawHandler#handle}
     */
    void handle() throws Exception;

    @Override
    default void handle(Arguments args, Ack ack) throws Exception {
        handle();
    }
}
