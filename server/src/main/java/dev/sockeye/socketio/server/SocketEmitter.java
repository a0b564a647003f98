package dev.sockeye.socketio.server;

import dev.sockeye.socketio.EventSender;
import dev.sockeye.socketio.adapter.BroadcastFlags;
import dev.sockeye.socketio.protocol.Arguments;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A socket with flags for what is emitted through it; immutable. Official counterpart: {@code socket.timeout(…)} and so on. */
public final class SocketEmitter implements EventSender {
    private final SocketCore socket;
    private final BroadcastFlags flags;

    SocketEmitter(SocketCore socket, BroadcastFlags flags) {
        this.socket = socket;
        this.flags = flags;
    }

    /** With a timeout for acknowledgements. {@code socket.timeout(ms)}. */
    public SocketEmitter timeout(Duration timeout) {
        return new SocketEmitter(socket, flags.withTimeout(timeout));
    }

    /** Dropped when the client is not ready to be written at once. {@code socket.volatile}. */
    public SocketEmitter asVolatile() {
        return new SocketEmitter(socket, flags.asVolatile());
    }

    /** Whether the transport may compress it. {@code socket.compress(false)}. */
    public SocketEmitter compress(boolean compress) {
        return new SocketEmitter(socket, flags.withCompress(compress));
    }

    /** As {@link Socket#emit(String, Object...)}. */
    @Override
    public void emit(String event, @Nullable Object... args) {
        socket.emit(event, Arguments.of(args), flags);
    }

    /**
     * As {@link Socket#emitWithAck(String, Object...)}; fails with {@link dev.sockeye.socketio.AckTimeoutException} after the
     * timeout.
     */
    @Override
    public CompletableFuture<Arguments> emitWithAck(String event, @Nullable Object... args) {
        return socket.emitWithAck(event, Arguments.of(args), flags);
    }
}
