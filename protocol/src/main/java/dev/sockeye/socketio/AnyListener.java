package dev.sockeye.socketio;

import dev.sockeye.socketio.protocol.Arguments;

/** Observes all events. Official counterpart: an {@code onAny} or {@code onAnyOutgoing} listener. */
@FunctionalInterface
public interface AnyListener {

    /**
     * Called for each event. For incoming events it is called before the handlers, on the same thread. For outgoing
     * events the thread is documented on the socket's method.
     *
     * @throws Exception is reported to the error listeners and the log
     */
    void onEvent(String event, Arguments args) throws Exception;
}
