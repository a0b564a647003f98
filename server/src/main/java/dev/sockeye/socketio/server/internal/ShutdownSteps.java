package dev.sockeye.socketio.server.internal;

import dev.sockeye.engineio.EngineServer;
import dev.sockeye.engineio.EngineSocket;
import dev.sockeye.engineio.host.EngineHost;
import dev.sockeye.engineio.host.EngineLoop;
import dev.sockeye.socketio.DisconnectDetails;
import dev.sockeye.socketio.server.DisconnectReason;
import dev.sockeye.socketio.server.SocketIoServerOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The steps that end a running server: no socket can join, the sockets leave, the adapters close, the sessions close after what is
 * queued, the engine and the host close. Each step takes {@link SocketIoServerOptions#closeTimeout()} at most, and all of them together
 * {@value #TIMES} times that at most. A step that fails or takes too long does not prevent the following ones.
 */
final class ShutdownSteps {
    /** All steps together take at most this many times the close timeout. */
    static final int TIMES = 2;

    private static final Duration CHECK = Duration.ofMillis(5);

    private final ServerContext context;
    private final EngineServer engine;
    private final Namespaces namespaces;

    ShutdownSteps(ServerContext context, EngineServer engine, Namespaces namespaces) {
        this.context = context;
        this.engine = engine;
        this.namespaces = namespaces;
    }

    /** Ends a running server. */
    CompletableFuture<Void> run(@Nullable EngineHost listening) {
        Run run = new Run();
        return run.step(this::nobodyEnters)
                .thenCompose(none -> run.step(this::cancelRecoveries))
                .thenCompose(none -> run.step(this::leaveAll))
                .thenCompose(none -> run.step(namespaces::closeAdapters))
                .thenCompose(none -> run.step(this::flushAll))
                .thenCompose(none -> run.step(() -> engine.closeAsync().copy()))
                .thenCompose(none -> run.step(() -> listening == null
                        ? CompletableFuture.completedFuture(null)
                        : listening.closeAsync().copy()))
                .thenRun(context.threads()::stop) // after the last step, which needs the timer
                .thenRun(run::report);
    }

    /** Ends a server that does not run: its adapters were started with its namespaces. */
    CompletableFuture<Void> runStopped() {
        return new Run().step(namespaces::closeAdapters);
    }

    /** The steps of one close. They run one after another. */
    private final class Run {
        private final long deadline = context.timer().nanoTime()
                + context.options().closeTimeout().multipliedBy(TIMES).toNanos();
        private volatile @Nullable Throwable failure;

        /** Runs a step. The result completes at the limit if the step has not completed before, and never fails. */
        CompletableFuture<Void> step(Supplier<CompletableFuture<Void>> begin) {
            CompletableFuture<Void> step;
            try {
                step = begin.get();
            } catch (RuntimeException | Error e) {
                step = CompletableFuture.failedFuture(e);
            }
            CompletableFuture<Void> begun = step;
            EngineLoop.Timer limit = begun.isDone() ? () -> {} : limit(begun);
            return begun.handle((done, error) -> {
                limit.cancel();
                if (error != null && failure == null) {
                    failure = error;
                }
                return null;
            });
        }

        /** Without a timer, the following steps begin immediately. */
        private EngineLoop.Timer limit(CompletableFuture<Void> begun) {
            try {
                return context.schedule(() -> begun.complete(null), limit());
            } catch (RuntimeException | Error e) { // no thread can be started, for example
                begun.completeExceptionally(e);
                return () -> {};
            }
        }

        /** A step may take half of the time that is left, so that some is left for the following ones. */
        private Duration limit() {
            Duration half =
                    Duration.ofNanos(Math.max(0, deadline - context.timer().nanoTime()) / 2);
            Duration most = context.options().closeTimeout();
            return half.compareTo(most) < 0 ? half : most;
        }

        /** Throws the exception of the first step that failed. */
        void report() {
            Throwable first = failure;
            if (first != null) {
                throw first instanceof CompletionException wrapped ? wrapped : new CompletionException(first);
            }
        }
    }

    private CompletableFuture<Void> nobodyEnters() {
        CompletableFuture<Void> nobody = new CompletableFuture<>();
        checkUntil(() -> context.joins().idle(), nobody);
        return nobody;
    }

    /** Clients that are recovering a session do not join; completes when the adapters, still open, have their sessions again. */
    private CompletableFuture<Void> cancelRecoveries() {
        for (NamespaceCore namespace : namespaces.cores()) {
            for (ConnectRequest request : namespace.recovering()) {
                ClientCore client = request.client();
                client.mailbox().post(client::cancelConnecting);
            }
        }
        CompletableFuture<Void> nobody = new CompletableFuture<>();
        checkUntil(
                () -> namespaces.cores().stream()
                        .allMatch(namespace -> namespace.recovering().isEmpty()),
                nobody);
        return nobody;
    }

    /** All sockets leave; completes when their handlers have run and none is left. */
    private CompletableFuture<Void> leaveAll() {
        List<CompletableFuture<Void>> all = new ArrayList<>();
        for (NamespaceCore namespace : namespaces.cores()) {
            for (SocketCore socket : namespace.sockets()) {
                CompletableFuture<Void> left = new CompletableFuture<>();
                socket.client().mailbox().post(() -> {
                    try {
                        socket.leave(DisconnectReason.SERVER_SHUTTING_DOWN, DisconnectDetails.NONE);
                    } finally {
                        left.complete(null);
                    }
                });
                all.add(left);
            }
        }
        CompletableFuture<Void> nobody = new CompletableFuture<>();
        // those that another thread disconnects at the same time leave in a later task of their mailbox
        var unused = CompletableFuture.allOf(all.toArray(new CompletableFuture<?>[0]))
                .thenRun(() -> checkUntil(
                        () -> namespaces.cores().stream()
                                .allMatch(namespace -> namespace.sockets().isEmpty()),
                        nobody));
        return nobody;
    }

    /** Closes the sessions after what is queued; completes when all have ended. */
    private CompletableFuture<Void> flushAll() {
        CompletableFuture<Void> empty = new CompletableFuture<>();
        for (EngineSocket conn : engine.clients()) {
            conn.close();
        }
        checkUntil(() -> engine.clientsCount() == 0, empty);
        return empty;
    }

    private void checkUntil(BooleanSupplier reached, CompletableFuture<Void> done) {
        if (reached.getAsBoolean()) {
            done.complete(null);
        } else if (!done.isDone()) {
            context.schedule(() -> checkUntil(reached, done), CHECK);
        }
    }
}
