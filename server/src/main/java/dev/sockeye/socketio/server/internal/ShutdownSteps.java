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
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The steps that end a running server: no socket can join, the sockets leave, the adapters close, the sessions close after what is
 * queued, the engine and the host close. Each step takes {@link SocketIoServerOptions#closeTimeout()} at most.
 */
final class ShutdownSteps {
    /** The number of steps that may each take the close timeout. */
    static final int COUNT = 5;

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
        CompletableFuture<Void> nobodyEnters = new CompletableFuture<>();
        checkUntil(() -> context.joins().idle(), nobodyEnters);
        return withinLimit(nobodyEnters)
                .thenCompose(none -> withinLimit(leaveAll()))
                .thenCompose(left -> withinLimit(flushAll()))
                .thenCompose(flushed -> withinLimit(engine.closeAsync()))
                .whenComplete((ended, error) -> context.threads().stop())
                .thenCompose(
                        ended -> listening == null ? CompletableFuture.completedFuture(null) : listening.closeAsync());
    }

    /** Ends a server that does not run: its adapters were started with its namespaces. */
    CompletableFuture<Void> runStopped() {
        return withinLimit(closeAdapters());
    }

    /** Completes the step at the close timeout if it is not complete before. */
    private CompletableFuture<Void> withinLimit(CompletableFuture<Void> step) {
        if (step.isDone()) {
            return step;
        }
        EngineLoop.Timer limit =
                context.schedule(() -> step.complete(null), context.options().closeTimeout());
        return step.whenComplete((done, error) -> limit.cancel());
    }

    /** All sockets leave; completes when their handlers have run and the adapters are closed. */
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
        return allOf(all).thenCompose(gone -> closeAdapters());
    }

    private CompletableFuture<Void> closeAdapters() {
        List<CompletableFuture<Void>> adapters = new ArrayList<>();
        for (NamespaceCore namespace : namespaces.cores()) {
            adapters.add(namespace.adapter().close().exceptionally(error -> null));
        }
        return allOf(adapters);
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

    private static CompletableFuture<Void> allOf(List<CompletableFuture<Void>> futures) {
        return CompletableFuture.allOf(futures.toArray(new CompletableFuture<?>[0]));
    }
}
