package dev.sockeye.socketio.client;

import dev.sockeye.socketio.EventSender;
import dev.sockeye.socketio.protocol.Arguments;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Emits with modifiers. Immutable: each modifier returns a new emitter. Any thread. Official counterpart: the result of {@code
 * socket.timeout(…)}, {@code socket.volatile} and {@code socket.compress(…)}.
 */
public final class SocketEmitter implements EventSender {
    private final Socket socket;
    private final Emission.Flags flags;

    SocketEmitter(Socket socket, Emission.Flags flags) {
        this.socket = socket;
        this.flags = flags;
    }

    /** How long to wait for the acknowledgement. */
    public SocketEmitter timeout(Duration timeout) {
        if (timeout.isNegative()) {
            throw new IllegalArgumentException("timeout must not be negative: " + timeout);
        }
        return new SocketEmitter(socket, new Emission.Flags(flags.isVolatile(), flags.compress(), Millis.of(timeout)));
    }

    /** The event is dropped if it cannot be sent immediately. Official counterpart: {@code volatile}. */
    public SocketEmitter asVolatile() {
        return new SocketEmitter(socket, new Emission.Flags(true, flags.compress(), flags.timeoutMillis()));
    }

    /** Whether the event may be compressed, if compression was negotiated. Default true. */
    public SocketEmitter compress(boolean on) {
        return new SocketEmitter(socket, new Emission.Flags(flags.isVolatile(), on, flags.timeoutMillis()));
    }

    /** As {@link Socket#emit(String, Object...)}. */
    @Override
    public void emit(String event, @Nullable Object... args) {
        socket.emit(flags, event, Arguments.of(args), null);
    }

    /** As {@link Socket#emit(String, Arguments, AckCallback)}. */
    public void emit(String event, Arguments args, AckCallback ack) {
        socket.emit(flags, event, args, socket.inMailbox(ack));
    }

    /** As {@link Socket#emitWithAck(String, Object...)}. */
    @Override
    public CompletableFuture<Arguments> emitWithAck(String event, @Nullable Object... args) {
        return socket.emitWithAck(flags, event, Arguments.of(args));
    }
}
