package dev.sockeye.metrics;

import dev.sockeye.socketio.server.Socket;
import org.jspecify.annotations.Nullable;

/** Finds the headers of the trace that a handler continues. */
@FunctionalInterface
public interface TraceCarrier {

    /**
     * Returns a header of the trace, for example {@code traceparent}. Called before the handler, on its thread; must not block.
     *
     * @return {@code null} if there is none; a new trace is then started
     */
    @Nullable
    String header(Socket socket, String event, String name);

    /** Reads the {@code auth} payload of the client, and then the headers of its first request. */
    static TraceCarrier ofHandshake() {
        return (socket, event, name) -> {
            Object given = socket.handshake().auth().get(name);
            return given instanceof String text ? text : socket.request().header(name);
        };
    }
}
