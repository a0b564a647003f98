package dev.sockeye.socketio.client;

import dev.sockeye.socketio.SocketIoException;
import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.protocol.SocketPacket;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The answer to an event as a future. When the application completes it, by cancellation or timeout, the event is removed. */
final class AckFuture extends CompletableFuture<Arguments> implements Emission.Answer {
    private final Socket socket;
    private volatile long ackId = SocketPacket.NO_ID;

    AckFuture(Socket socket) {
        this.socket = socket;
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
        } else {
            super.complete(args);
        }
    }

    private boolean abandonIf(boolean ended) {
        if (ended) {
            socket.abandon(this, ackId);
        }
        return ended;
    }

    @Override
    public boolean complete(Arguments value) {
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
