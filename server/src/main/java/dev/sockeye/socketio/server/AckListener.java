package dev.sockeye.socketio.server;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Observes the acknowledgements that are requested with {@code emitWithAck} from single sockets of this server;
 * intended for metrics.
 */
@FunctionalInterface
public interface AckListener {

    /**
     * Called once for each event, when its answer has arrived or can no longer arrive. Runs on the thread that
     * completes the future of {@code emitWithAck}; must not block.
     *
     * @param took the time since the emit
     * @param error the reason why there is no answer: {@link dev.sockeye.socketio.AckTimeoutException}, {@link
     *     dev.sockeye.socketio.SocketDisconnectedException}, a {@link java.util.concurrent.CancellationException} if
     *     the application has cancelled the future; {@code null} if an answer has arrived
     */
    void onAck(Socket socket, String event, Duration took, @Nullable Throwable error);
}
