package dev.sockeye.socketio.adapter.cluster;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Starts and closes a transport. One thread may close a namespace while another one starts it; the transport is never closed
 * during its start, and is started again only after its close has completed.
 *
 * <p>States: closed, starting, started. A close while starting is done after the start, by the thread that starts.
 */
final class TransportLife {
    private final ClusterTransport transport;

    /** Whether the last call was a start. */
    @GuardedBy("this")
    private boolean wanted;

    /** Whether a thread starts the transport, or will do so when the previous close has completed. */
    @GuardedBy("this")
    private boolean starting;

    @GuardedBy("this")
    private boolean started;

    /** The result of the last start. */
    @GuardedBy("this")
    private CompletableFuture<Void> ready = CompletableFuture.completedFuture(null);

    /** The result of the last close. */
    @GuardedBy("this")
    private CompletableFuture<Void> closed = CompletableFuture.completedFuture(null);

    /** The result of a close while starting. */
    @GuardedBy("this")
    private @Nullable CompletableFuture<Void> waiting;

    TransportLife(ClusterTransport transport) {
        this.transport = transport;
    }

    /** Throws what {@link ClusterTransport#start} throws. */
    CompletableFuture<Void> start(ClusterTransport.Receiver receiver) {
        CompletableFuture<Void> before;
        CompletableFuture<Void> result;
        synchronized (this) {
            wanted = true;
            if (starting || started) {
                return ready;
            }
            starting = true;
            result = new CompletableFuture<>();
            ready = result;
            before = closed;
        }
        if (before.isDone()) {
            begin(receiver, result);
        } else {
            var unused = before.whenComplete((done, error) -> begin(receiver, result));
        }
        return result;
    }

    private void begin(ClusterTransport.Receiver receiver, CompletableFuture<Void> result) {
        CompletableFuture<Void> close;
        boolean wants;
        synchronized (this) {
            wants = wanted;
            starting = wants;
            close = waiting;
            waiting = wants ? close : null;
        }
        if (!wants) { // closed again before the previous close has completed
            result.complete(null);
            if (close != null) {
                close.complete(null);
            }
            return;
        }
        CompletableFuture<Void> connected;
        try {
            connected = transport.start(receiver);
        } catch (RuntimeException | Error e) {
            begun(false);
            result.completeExceptionally(e);
            throw e;
        }
        begun(true);
        forward(connected, result);
    }

    /** @param holds whether the transport has to be closed */
    private void begun(boolean holds) {
        CompletableFuture<Void> close;
        boolean ends;
        synchronized (this) {
            starting = false;
            started = holds && wanted;
            close = waiting;
            waiting = null;
            ends = close != null && holds && !wanted;
            if (close != null && ends) {
                closed = close;
            }
        }
        if (close != null && ends) {
            end(close);
        } else if (close != null) {
            close.complete(null); // not started, or started again meanwhile
        }
    }

    /** Closes the transport if it is started. */
    CompletableFuture<Void> close() {
        CompletableFuture<Void> result;
        synchronized (this) {
            wanted = false;
            if (starting) {
                result = waiting == null ? new CompletableFuture<>() : waiting;
                waiting = result;
                return result;
            }
            if (!started) {
                return closed;
            }
            started = false;
            result = new CompletableFuture<>();
            closed = result;
        }
        end(result);
        return result;
    }

    private void end(CompletableFuture<Void> result) {
        CompletableFuture<Void> ended;
        try {
            ended = transport.close();
        } catch (RuntimeException | Error e) {
            ended = CompletableFuture.failedFuture(e);
        }
        forward(ended, result);
    }

    private static void forward(CompletableFuture<Void> from, CompletableFuture<Void> to) {
        var unused = from.whenComplete((done, error) -> {
            if (error == null) {
                to.complete(null);
            } else {
                to.completeExceptionally(error);
            }
        });
    }
}
