package dev.sockeye.socketio.server.internal;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.sockeye.engineio.EngineServer;
import dev.sockeye.engineio.host.EngineHost;
import dev.sockeye.engineio.host.EngineHostProvider;
import dev.sockeye.engineio.host.HostedEngine;
import dev.sockeye.socketio.server.SocketIoServer;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ServiceLoader;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Starts, drains and closes a server. The states are defined by {@link ServerState}. Thread-safe; no foreign code is
 * called under the lock.
 */
final class ServerLifecycle {
    private static final Duration LONGEST_DRAIN = Duration.ofDays(365);
    /** In nanoseconds, it must not overflow. */
    private static final Duration LONGEST_WAIT = Duration.ofDays(26_000);

    private static final Logger LOG = System.getLogger(SocketIoServer.class.getName());

    private final ServerContext context;
    private final EngineServer engine;
    private final Namespaces namespaces;
    private final ShutdownSteps steps;

    @GuardedBy("this")
    private ServerState state = ServerState.STOPPED;

    /** Whether a host is being started, which happens without the lock. */
    @GuardedBy("this")
    private boolean binding;

    @GuardedBy("this")
    private boolean closedBefore;

    /** The current drain, until the server is closed. Written under the lock of this object, read by any thread. */
    private volatile @Nullable Drain drain;

    @GuardedBy("this")
    private @Nullable EngineHost host;

    /** While {@link #binding}: completes when the host has started or failed to. */
    @GuardedBy("this")
    private CompletableFuture<Void> bound = CompletableFuture.completedFuture(null);

    /** The close in progress, or the last one. */
    @GuardedBy("this")
    private CompletableFuture<Void> closed = CompletableFuture.completedFuture(null);

    ServerLifecycle(ServerContext context, EngineServer engine, Namespaces namespaces) {
        this.context = context;
        this.engine = engine;
        this.namespaces = namespaces;
        this.steps = new ShutdownSteps(context, engine, namespaces);
    }

    /**
     * Returns the host found on the class path or module path.
     *
     * @throws IllegalStateException if there is no host
     */
    static EngineHostProvider findProvider() {
        for (ClassLoader loader :
                new ClassLoader[] {Thread.currentThread().getContextClassLoader(), SocketIoServer.class.getClassLoader()
                }) {
            var found = ServiceLoader.load(EngineHostProvider.class, loader).findFirst();
            if (found.isPresent()) {
                return found.get();
            }
        }
        throw new IllegalStateException("listen() needs a host on the class or module path: add the dependency"
                + " dev.sockeye:sockeye-server-netty, or pass hostedEngine() to your own host");
    }

    void listen(InetSocketAddress address, EngineHostProvider provider) throws IOException {
        boolean stopped;
        boolean again;
        synchronized (this) {
            if (binding || host != null) {
                throw new IllegalStateException(
                        host == null
                                ? "the server is about to listen"
                                : "the server is already listening on " + host.address());
            }
            stopped = state == ServerState.STOPPED;
            again = start();
            binding = true;
            bound = new CompletableFuture<>();
        }
        EngineHost listening = null;
        CompletableFuture<Void> over;
        try {
            startAdapters(again);
            listening = provider.listen(address, engine);
        } finally {
            if (listening == null && again) {
                var unused = namespaces.closeAdapters(); // as before this call
            }
            synchronized (this) {
                binding = false;
                host = listening;
                over = bound;
                if (listening == null && stopped) {
                    context.threads().stop();
                    become(ServerState.STOPPED);
                }
            }
            over.complete(null);
        }
    }

    HostedEngine hostedEngine() {
        boolean again;
        synchronized (this) {
            again = start();
        }
        startAdapters(again);
        return engine;
    }

    synchronized InetSocketAddress address() {
        if (host == null) {
            throw new IllegalStateException("the server does not listen");
        }
        return host.address();
    }

    /** Starts if stopped; returns whether it had been closed before, and its adapters with it. */
    @GuardedBy("this")
    private boolean start() {
        if (state == ServerState.CLOSING) {
            throw new IllegalStateException("the server is being closed: wait for the future of closeAsync()");
        }
        if (state != ServerState.STOPPED) {
            return false;
        }
        context.threads().start();
        if (closedBefore) {
            engine.reopen();
        }
        context.joins().open();
        become(ServerState.RUNNING);
        return closedBefore;
    }

    /** The only place where the state changes. */
    @GuardedBy("this")
    private void become(ServerState next) {
        state.checkMayBecome(next);
        state = next;
    }

    private void startAdapters(boolean again) {
        if (!again) {
            return;
        }
        namespaces.startAdapters();
        boolean closed;
        synchronized (this) {
            closed = state != ServerState.RUNNING;
        }
        if (closed) { // in the meantime, perhaps before these adapters were started
            var unused = namespaces.closeAdapters();
        }
    }

    /** Drains, then closes. A second call waits for the same drain. The future belongs to the caller. */
    CompletableFuture<Void> drain(Duration time) {
        if (time.isNegative()) {
            throw new IllegalArgumentException("the drain time must not be negative, was " + time);
        }
        Duration limited = time.compareTo(LONGEST_DRAIN) < 0 ? time : LONGEST_DRAIN;
        Drain begun = null;
        synchronized (this) {
            if (binding) {
                return bound.thenCompose(none -> drain(time));
            }
            Drain running = drain;
            if (running != null) {
                return running.done().copy();
            }
            if (state == ServerState.RUNNING) {
                begun = new Drain(
                        engine,
                        namespaces,
                        context.timer(),
                        limited,
                        () -> (context.timer().randomBits() >>> 11) * 0x1.0p-53,
                        () -> {
                            var unused = closeAsync();
                        });
                drain = begun;
                engine.refuseSessions(limited);
            }
        }
        if (begun == null) {
            return closeAsync();
        }
        begun.start();
        return begun.done().copy();
    }

    /** Whether a drain has begun and the server is not closed yet. */
    boolean draining() {
        return drain != null;
    }

    /** Closes; waits for a host that is being started. The future belongs to the caller. */
    CompletableFuture<Void> closeAsync() {
        EngineHost listening;
        boolean running;
        Drain draining;
        CompletableFuture<Void> done = new CompletableFuture<>();
        synchronized (this) {
            if (binding) {
                return bound.thenCompose(none -> closeAsync());
            }
            if (state == ServerState.CLOSING || (state == ServerState.STOPPED && closedBefore)) {
                return closed.copy();
            }
            running = state == ServerState.RUNNING;
            become(ServerState.CLOSING);
            context.joins().shut();
            closed = done;
            listening = host;
            draining = drain;
        }
        if (draining != null) {
            draining.end(done);
        }
        var unused = (running ? steps.run(listening) : steps.runStopped()).whenComplete((none, error) -> {
            synchronized (this) {
                host = null;
                drain = null;
                closedBefore = true;
                become(ServerState.STOPPED);
            }
            if (error == null) {
                done.complete(null);
            } else {
                done.completeExceptionally(error instanceof CompletionException ? error.getCause() : error);
            }
        });
        return done.copy();
    }

    /** Closes and waits, for as long as all steps may take. */
    void close() {
        Duration limit = context.options()
                .closeTimeout()
                .multipliedBy(ShutdownSteps.TIMES)
                .plus(Duration.ofSeconds(1));
        try {
            closeAsync().get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            LOG.log(
                    Level.WARNING,
                    ServerLog.CLOSED_WITH_ERROR.text("the server has been closed with an error"),
                    e.getCause());
        } catch (TimeoutException e) {
            LOG.log(
                    Level.WARNING,
                    ServerLog.CLOSE_TIMED_OUT.text(
                            "the server is not closed after " + limit + "; it continues in the background"));
        }
    }

    boolean awaitTermination(Duration limit) throws InterruptedException {
        Duration bounded = limit.compareTo(LONGEST_WAIT) < 0 ? limit : LONGEST_WAIT;
        return context.threads().awaitEnd(System.nanoTime() + bounded.toNanos());
    }
}
