package dev.sockeye.socketio.server.internal;

import dev.sockeye.socketio.adapter.BroadcastFlags;
import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.server.SocketEmitter;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The application's view of a socket with flags. */
final class SocketEmitterFacade implements SocketEmitter {
    private final SocketCore socket;
    private final BroadcastFlags flags;

    SocketEmitterFacade(SocketCore socket, BroadcastFlags flags) {
        this.socket = socket;
        this.flags = flags;
    }

    @Override
    public SocketEmitter timeout(Duration timeout) {
        return new SocketEmitterFacade(socket, flags.withTimeout(timeout));
    }

    @Override
    public SocketEmitter asVolatile() {
        return new SocketEmitterFacade(socket, flags.asVolatile());
    }

    @Override
    public SocketEmitter compress(boolean compress) {
        return new SocketEmitterFacade(socket, flags.withCompress(compress));
    }

    @Override
    public SocketEmitter latest(String key) {
        return new SocketEmitterFacade(socket, flags.withLatest(key));
    }

    @Override
    public void emit(String event, @Nullable Object... args) {
        socket.emit(event, Arguments.of(args), flags);
    }

    @Override
    public CompletableFuture<Arguments> emitWithAck(String event, @Nullable Object... args) {
        BroadcastAcks.check(flags);
        return socket.emitWithAck(event, Arguments.of(args), flags);
    }
}
