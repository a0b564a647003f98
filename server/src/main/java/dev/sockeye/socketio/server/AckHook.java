package dev.sockeye.socketio.server;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Is told of each acknowledgement that a socket of this server was asked for with {@code emitWithAck}; made for metrics. */
@FunctionalInterface
public interface AckHook {

    /**
     * Called once for each event, when its answer has come or never will. On the thread that completes the future of {@code
     * emitWithAck}; must not block.
     *
     * @param took from the emit on
     * @param error why there is no answer: {@link AckTimeoutException}, {@link SocketDisconnectedException}; {@code null} when
     *     it has come
     */
    void onAck(Socket socket, String event, Duration took, @Nullable Throwable error);
}
