package dev.sockeye.socketio.server;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Is told of each acknowledgement that a socket of this server was asked for with {@code emitWithAck}; made for metrics. */
@FunctionalInterface
public interface AckListener {

    /**
     * Called once for each event, when its answer has come or never will. On the thread that completes the future of {@code
     * emitWithAck}; must not block.
     *
     * @param took from the emit on
     * @param error why there is no answer: {@link dev.sockeye.socketio.AckTimeoutException}, {@link
     *     dev.sockeye.socketio.SocketDisconnectedException}, a {@link java.util.concurrent.CancellationException} when the
     *     application has cancelled the future; {@code null} when it has come
     */
    void onAck(Socket socket, String event, Duration took, @Nullable Throwable error);
}
