package dev.sockeye.socketio.server;

import dev.sockeye.socketio.EventSender;
import dev.sockeye.socketio.protocol.Arguments;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A socket with flags for the events that are emitted through it; immutable. Official counterpart: {@code socket.timeout(…)} and so
 * on. Any thread.
 *
 * <p>Implemented by Sockeye only.
 */
public interface SocketEmitter extends EventSender {

    /** With a timeout for acknowledgements. {@code socket.timeout(ms)}. */
    SocketEmitter timeout(Duration timeout);

    /** Dropped when the client is not ready to be written at once. {@code socket.volatile}. */
    SocketEmitter asVolatile();

    /** Whether the transport may compress it. {@code socket.compress(false)}. */
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
