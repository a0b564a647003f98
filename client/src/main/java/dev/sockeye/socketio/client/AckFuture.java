package dev.sockeye.socketio.client;

import dev.sockeye.socketio.SocketIoException;
import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.protocol.SocketPacket;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The answer to an event as a future. Who ends it from outside, by a cancellation or a timeout, waits no more. */
final class AckFuture<T extends @Nullable Object> extends CompletableFuture<T> implements Emission.Answer {
    private final Socket socket;
    private final Function<Arguments, ? extends T> result;
    private volatile long ackId = SocketPacket.NO_ID;

    AckFuture(Socket socket, Function<Arguments, ? extends T> result) {
        this.socket = socket;
        this.result = result;
    }

    @Override
    public void numbered(long id) {
        ackId = id;
    }

    @Override
    public void done(@Nullable SocketIoException error, Arguments args) {
        socket.runCompletion(() -> finish(error, args));
    }

    private void finish(@Nullable SocketIoException error, Arguments args) {
        if (error != null) {
            super.completeExceptionally(error);
            return;
        }
        T value;
        try {
            value = result.apply(args);
        } catch (Throwable e) {
            super.completeExceptionally(e);
            return;
        }
        super.complete(value);
    }

    private boolean abandonIf(boolean ended) {
        if (ended) {
            socket.abandon(this, ackId);
        }
        return ended;
    }

    @Override
    public boolean complete(T value) {
        return abandonIf(super.complete(value));
    }

    @Override
    public boolean completeExceptionally(Throwable error) {
        return abandonIf(super.completeExceptionally(error));
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        return !isDone() ? abandonIf(super.cancel(mayInterruptIfRunning)) : super.cancel(mayInterruptIfRunning);
    }
}
