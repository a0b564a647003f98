package dev.sockeye.socketio.client;

import dev.sockeye.socketio.Event;
import dev.sockeye.socketio.protocol.Arguments;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Emits with modifiers. Immutable, each modifier gives a new one. Any thread. Official counterpart: what {@code
 * socket.timeout(…)}, {@code socket.volatile} and {@code socket.compress(…)} return.
 */
public final class SocketEmitter {
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
        return new SocketEmitter(socket, new Emission.Flags(flags.isVolatile(), flags.compress(), timeout.toMillis()));
    }

    /** The event is given up if it cannot be sent at once. Official counterpart: {@code volatile}. */
    public SocketEmitter asVolatile() {
        return new SocketEmitter(socket, new Emission.Flags(true, flags.compress(), flags.timeoutMillis()));
    }

    /** Whether WebSocket may compress the event, when it was negotiated. Default true. */
    public SocketEmitter compress(boolean on) {
        return new SocketEmitter(socket, new Emission.Flags(flags.isVolatile(), on, flags.timeoutMillis()));
    }

    /** As {@link Socket#emit(String, Object...)}. */
    public SocketEmitter emit(String event, @Nullable Object... args) {
        socket.emit(flags, event, Arguments.of(args), null);
        return this;
    }

    /** As {@link Socket#emit(Event, Object)}. */
    public <T> SocketEmitter emit(Event<T> event, T value) {
        socket.emit(flags, event.name(), Arguments.of(value), null);
        return this;
    }

    /** As {@link Socket#emit(String, Arguments, AckCallback)}. */
    public SocketEmitter emit(String event, Arguments args, AckCallback ack) {
        socket.emit(flags, event, args, socket.inMailbox(ack));
        return this;
    }

    /** As {@link Socket#emitWithAck(String, Object...)}. */
    public CompletableFuture<Arguments> emitWithAck(String event, @Nullable Object... args) {
        return socket.emitWithAck(flags, event, Arguments.of(args), answer -> answer);
    }

    /** As {@link Socket#emitWithAck(Class, String, Object...)}. */
    public <R> CompletableFuture<@Nullable R> emitWithAck(Class<R> type, String event, @Nullable Object... args) {
        return socket.emitWithAck(flags, event, Arguments.of(args), answer -> answer.get(0, type));
    }
}
