package dev.sockeye.socketio;

import dev.sockeye.socketio.protocol.Arguments;

/** Sees each event, whatever its name. Official counterpart: an {@code onAny} or {@code onAnyOutgoing} listener. */
@FunctionalInterface
public interface AnyListener {

    /**
     * An event. Incoming: before its handlers, on their thread. The socket says on which thread outgoing events are seen.
     *
     * @throws Exception is reported to the error listeners and the log
     */
    void onEvent(String event, Arguments args) throws Exception;
}
