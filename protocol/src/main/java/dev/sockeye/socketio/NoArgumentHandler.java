package dev.sockeye.socketio;

import dev.sockeye.socketio.protocol.Arguments;

/** Handles an event and ignores its arguments. */
@FunctionalInterface
@SuppressWarnings("FunctionalInterfaceMethodChanged") // preferred over the form with arguments
public interface NoArgumentHandler extends RawHandler {

    /**
     * Handles an event. Threads and exceptions as for {@link RawHandler}.
     *
     * @throws Exception as {@link RawHandler#handle}
     */
    void handle() throws Exception;

    @Override
    default void handle(Arguments args, Ack ack) throws Exception {
        handle();
    }
}
