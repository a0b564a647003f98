package dev.sockeye.metrics;

import dev.sockeye.socketio.server.Socket;
import org.jspecify.annotations.Nullable;

/** Finds the headers of a trace that a handler continues. */
@FunctionalInterface
public interface TraceCarrier {

    /**
     * A header of the trace, for example {@code traceparent}. Called before the handler, on its thread; must not block.
     *
     * @return {@code null} when there is none: then a new trace begins
     */
    @Nullable
    String header(Socket socket, String event, String name);

    /** Looks into what the client sent as {@code auth}, then into the headers of its first request. */
    static TraceCarrier ofHandshake() {
        return (socket, event, name) -> {
            Object given = socket.handshake().auth().get(name);
            return given instanceof String text ? text : socket.request().header(name);
        };
    }
}
