package dev.sockeye.socketio.server;

import dev.sockeye.socketio.EventSender;
import dev.sockeye.socketio.protocol.Arguments;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Emits events to a socket with flags. Immutable and thread-safe. Official counterpart: the result of {@code
 * socket.timeout(…)}, {@code socket.volatile} and {@code socket.compress(…)}.
 *
 * <p>Implemented by Sockeye only.
 */
public interface SocketEmitter extends EventSender {

    /** Returns an emitter with a timeout for acknowledgements. {@code socket.timeout(ms)}. */
    SocketEmitter timeout(Duration timeout);

    /**
     * Returns an emitter whose events are dropped if the client cannot be written to immediately. {@code
     * socket.volatile}.
     */
    SocketEmitter asVolatile();

    /** Returns an emitter whose events may be compressed by the transport, or not. {@code socket.compress(false)}. */
    SocketEmitter compress(boolean compress);

    /**
     * Events that replace older ones: while an event with this key still waits because the client is slow, a newer one takes its place, and
     * the older one is not sent. For what only counts in its newest state, such as {@code latest("price:X")}. Such an event cannot ask
     * for an acknowledgement. Sockeye's own.
     *
     * @param key of this namespace; other keys and other events are not touched
     */
    SocketEmitter latest(String key);

    /** As {@link Socket#emit(String, Object...)}. */
    @Override
    void emit(String event, @Nullable Object... args);

    /**
     * As {@link Socket#emitWithAck(String, Object...)}; fails with {@link dev.sockeye.socketio.AckTimeoutException} after the
     * timeout.
     *
     * @throws IllegalStateException after {@link #latest}
     */
    @Override
    CompletableFuture<Arguments> emitWithAck(String event, @Nullable Object... args);
}
