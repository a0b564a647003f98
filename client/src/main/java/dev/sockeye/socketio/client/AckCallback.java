package dev.sockeye.socketio.client;

import dev.sockeye.socketio.SocketIoException;
import dev.sockeye.socketio.protocol.Arguments;
import org.jspecify.annotations.Nullable;

/** Receives the server's answer to an event. Called once, as a listener of the socket. */
@FunctionalInterface
public interface AckCallback {

    /**
     * The answer, or the reason why there is none.
     *
     * @param error {@code null} when the server answered; else an {@link dev.sockeye.socketio.AckTimeoutException}, a {@link
     *     dev.sockeye.socketio.SocketDisconnectedException} or another {@link SocketIoException}
     * @param args the answer; none with an error
     */
    void done(@Nullable SocketIoException error, Arguments args);
}
