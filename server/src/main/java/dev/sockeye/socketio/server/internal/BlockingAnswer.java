package dev.sockeye.socketio.server.internal;

import dev.sockeye.socketio.SocketIoException;
import dev.sockeye.socketio.protocol.BindingException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** Waits for a future that has its own timeout. */
final class BlockingAnswer {
    private BlockingAnswer() {}

    static <T> T of(CompletableFuture<T> answer) throws InterruptedException {
        try {
            return answer.get();
        } catch (InterruptedException e) {
            answer.cancel(false);
            throw e;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof SocketIoException error) {
                throw error;
            }
            if (e.getCause() instanceof BindingException error) {
                throw error;
            }
            throw new IllegalStateException(e.getCause());
        }
    }
}
