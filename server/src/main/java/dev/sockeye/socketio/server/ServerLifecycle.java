package dev.sockeye.socketio.server;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.sockeye.engineio.EngineServer;
import dev.sockeye.engineio.EngineSocket;
import dev.sockeye.engineio.host.EngineHost;
import dev.sockeye.engineio.host.EngineHostProvider;
import dev.sockeye.engineio.host.EngineLoop;
import dev.sockeye.engineio.host.HostedEngine;
import dev.sockeye.runtime.ByteBudget;
import dev.sockeye.runtime.MailboxExecutor;
import dev.sockeye.runtime.MailboxLimits;
import dev.sockeye.runtime.Removal;
import dev.sockeye.socketio.DisconnectDetails;
import dev.sockeye.socketio.Registration;
import dev.sockeye.socketio.adapter.AdapterFactory;
import dev.sockeye.socketio.adapter.InMemoryAdapter;
import dev.sockeye.socketio.adapter.SessionAwareAdapter;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Starts and ends a server.
 *
 * <p>States: stopped, running, closing (then stopped again).
 */
final class ServerLifecycle {
    /** The steps of a close that may each take the close timeout. */
    private static final int STEPS = 5;

    private static final Duration LONGEST_DRAIN = Duration.ofDays(365);

    private static final Logger LOG = System.getLogger(SocketIoServer.class.getName());

    private enum State {
        STOPPED,
        RUNNING,
        CLOSING
    }

    private final SocketIoServer server;
    private final SocketIoServerOptions options;
    private final EngineServer engine;
    private final ByteBudget inboundTotal;
    private final HandlerThreads threads;
    private final List<HandlerErrorListener> errorListeners = new CopyOnWriteArrayList<>();
    private final List<AckListener> ackListeners = new CopyOnWriteArrayList<>();

    /** Written under the lock of this, read anywhere. */
    private volatile State state = State.STOPPED;

    /** A host is being started, without the lock. */
    @GuardedBy("this")
    private boolean binding;

    /** Sockets between {@link #enter} and {@link #entered}. */
    private final AtomicInteger entering = new AtomicInteger();

    @GuardedBy("this")
    private boolean closedBefore;

    /** The drain that has begun, until the server is closed. Written under the lock of this, read anywhere. */
    private volatile @Nullable Drain drain;

    @GuardedBy("this")
    private @Nullable EngineHost host;

    /** Completes when a host has been started or could not be; while {@link #binding}. */
    @GuardedBy("this")
    private CompletableFuture<Void> bound = CompletableFuture.completedFuture(null);

    /** The end that is under way or was the last. */
    @GuardedBy("this")
    private CompletableFuture<Void> closed = CompletableFuture.completedFuture(null);

    ServerLifecycle(SocketIoServer server, SocketIoServerOptions options) {
        this.server = server;
        this.options = options;
        this.inboundTotal = new ByteBudget(options.maxTotalInboundBytes());
        MailboxLimits limits = new MailboxLimits(options.mailboxCapacity(), options.maxInboundBytes(), inboundTotal);
        this.threads = new HandlerThreads(options.execution(), options.timer(), limits);
        this.engine = new EngineServer(options.engine(), this::complete);
        if (options.serveClient()) {
            engine.use(new ClientBundle(path()));
        }
        engine.onConnection(this::onConnection);
    }

    private void onConnection(EngineSocket conn) {
        new ClientCore(server, conn).start();
    }

    String path() {
        String path = options.engine().path();
        return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }

    EngineServer engine() {
        return engine;
    }

    AdapterFactory adapterFactory() {
        AdapterFactory given = options.adapter();
        ConnectionStateRecovery recovery = options.connectionStateRecovery();
        if (given != null) {
            return given;
        }
        if (recovery == null) {
            return InMemoryAdapter::new;
        }
        // an event older than this before a disconnection has reached the client, or the heartbeat would have failed
        var unsure = options.engine().pingInterval().plus(options.engine().pingTimeout());
        var bounds = new SessionAwareAdapter.Bounds(
                recovery.maxDisconnectionDuration(),
                unsure,
                recovery.maxPacketsPerRoom(),
                recovery.maxPackets(),
                recovery.maxBytes(),
                recovery.maxSessions());
        return namespace -> new SessionAwareAdapter(namespace, bounds);
    }

    /** The bytes of packets that wait for handlers, or for their attachments, of all clients. */
    ByteBudget inboundTotal() {
        return inboundTotal;
    }

    Executor executor() {
        return threads.executor();
    }

    /** Runs something for the application, or beside it, off the I/O threads. */
    void complete(Runnable task) {
        threads.executor().execute(task);
    }

    /** Where things for the application are completed that belong to a session on this loop. */
    Executor executorFor(EngineLoop loop) {
        return threads.executorFor(loop);
    }

    MailboxExecutor mailboxExecutor(EngineLoop loop) {
        return threads.mailboxExecutor(loop);
    }

    Registration onHandlerError(HandlerErrorListener listener) {
        errorListeners.add(listener);
        return new Removal(() -> errorListeners.remove(listener));
    }

    Registration onAck(AckListener listener) {
        ackListeners.add(listener);
        return new Removal(() -> ackListeners.remove(listener));
    }

    /** Measures how long an answer takes, if anybody wants to know. */
    void watchAck(Socket socket, String event, CompletableFuture<?> answer) {
        if (ackListeners.isEmpty()) {
            return;
        }
        long start = options.timer().nanoTime();
        var unused = answer.whenComplete((value, error) -> {
            Duration took = Duration.ofNanos(options.timer().nanoTime() - start);
            for (AckListener listener : ackListeners) {
                try {
                    listener.onAck(socket, event, took, error);
                } catch (RuntimeException e) {
                    LOG.log(Level.WARNING, "an acknowledgement listener failed", e);
                }
            }
        });
    }

    void handlerError(Socket socket, String event, Throwable error) {
        LOG.log(Level.WARNING, "a handler of \"" + event + "\" on " + socket + " failed", error);
        for (HandlerErrorListener listener : errorListeners) {
            try {
                listener.onHandlerError(socket, event, error);
            } catch (RuntimeException e) {
                LOG.log(Level.WARNING, "a listener of handler errors failed", e);
            }
        }
    }

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
                + " dev.sockeye:sockeye-server-netty, or give hostedEngine() to a host of your own");
    }

    void listen(InetSocketAddress address, EngineHostProvider provider) throws IOException {
        boolean stopped;
        boolean again;
        synchronized (this) {
            if (binding || host != null) {
                throw new IllegalStateException(
                        host == null
                                ? "the server is about to listen"
                                : "the server listens already, on " + host.address());
            }
            stopped = state == State.STOPPED;
            again = start();
            binding = true;
            bound = new CompletableFuture<>();
        }
        EngineHost listening = null;
        CompletableFuture<Void> over;
        try {
            initAdapters(again);
            listening = provider.listen(address, engine);
        } finally {
            synchronized (this) {
                binding = false;
                host = listening;
                over = bound;
                if (listening == null && stopped) {
                    threads.stop();
                    state = State.STOPPED;
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
        initAdapters(again);
        return engine;
    }

    synchronized InetSocketAddress address() {
        if (host == null) {
            throw new IllegalStateException("the server does not listen");
        }
        return host.address();
    }

    /** Runs from now on; whether it had been closed before, so that its adapters are to be started again. */
    @GuardedBy("this")
    private boolean start() {
        if (state == State.CLOSING) {
            throw new IllegalStateException("the server is being closed: wait for the future of closeAsync()");
        }
        if (state != State.STOPPED) {
            return false;
        }
        threads.start();
        if (closedBefore) {
            engine.reopen();
        }
        state = State.RUNNING;
        return closedBefore;
    }

    private void initAdapters(boolean again) {
        if (again) {
            server.namespaces().values().forEach(this::initQuietly);
        }
    }

    /** Whether clients may come: not while the server is being closed. */
    boolean accepting() {
        return state != State.CLOSING;
    }

    /**
     * A socket is about to join its namespace; false when the server is being closed. {@link #close} waits for those that are between this and
     * {@link #entered}, so that none joins once its adapter is closed.
     */
    boolean enter() {
        entering.incrementAndGet();
        if (accepting()) {
            return true;
        }
        entering.decrementAndGet();
        return false;
    }

    /** It has joined, or failed to. */
    void entered() {
        entering.decrementAndGet();
    }

    /** Drains, then closes; the future is the caller's. Once begun, another call waits for the same end. */
    CompletableFuture<Void> drain(Duration time) {
        if (time.isNegative()) {
            throw new IllegalArgumentException("the time of a drain must not be negative, was " + time);
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
            if (state == State.RUNNING) {
                begun = new Drain(
                        server, limited, () -> ThreadLocalRandom.current().nextDouble(), () -> {
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

    /** Closes; the future is the caller's. While a host is being started this waits for it. */
    CompletableFuture<Void> closeAsync() {
        EngineHost listening;
        boolean running;
        Drain draining;
        CompletableFuture<Void> done = new CompletableFuture<>();
        synchronized (this) {
            if (binding) {
                return bound.thenCompose(none -> closeAsync());
            }
            if (state == State.CLOSING || (state == State.STOPPED && closedBefore)) {
                return closed.copy();
            }
            running = state == State.RUNNING;
            state = State.CLOSING;
            closed = done;
            listening = host;
            draining = drain;
        }
        if (draining != null) {
            draining.end(done);
        }
        var unused = (running ? end(listening) : withinLimit(closeAdapters())).whenComplete((none, error) -> {
            synchronized (this) {
                host = null;
                drain = null;
                closedBefore = true;
                state = State.STOPPED;
            }
            if (error == null) {
                done.complete(null);
            } else {
                done.completeExceptionally(error instanceof CompletionException ? error.getCause() : error);
            }
        });
        return done.copy();
    }

    private CompletableFuture<Void> end(@Nullable EngineHost listening) {
        CompletableFuture<Void> nobodyEnters = new CompletableFuture<>();
        checkUntil(() -> entering.get() == 0, nobodyEnters);
        return withinLimit(nobodyEnters)
                .thenCompose(none -> withinLimit(leaveAll()))
                .thenCompose(left -> withinLimit(flushAll()))
                .thenCompose(flushed -> withinLimit(engine.close()))
                .whenComplete((ended, error) -> threads.stop())
                .thenCompose(ended -> listening == null ? CompletableFuture.completedFuture(null) : listening.close());
    }

    /** Closes and waits, for as long as all steps of {@link #end} may take. */
    void close() {
        Duration limit = options.closeTimeout().multipliedBy(STEPS).plus(Duration.ofSeconds(1));
        try {
            closeAsync().get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            LOG.log(Level.WARNING, "the server has been closed with an error", e.getCause());
        } catch (TimeoutException e) {
            LOG.log(Level.WARNING, "the server is not closed after " + limit + "; it goes on in the background");
        }
    }

    /** Completes it when the close timeout is over, if nothing has before. */
    private CompletableFuture<Void> withinLimit(CompletableFuture<Void> step) {
        if (step.isDone()) {
            return step;
        }
        EngineLoop.Timer limit = options.timer().schedule(() -> step.complete(null), options.closeTimeout());
        return step.whenComplete((done, error) -> limit.cancel());
    }

    boolean awaitTermination(Duration limit) throws InterruptedException {
        return threads.awaitEnd(System.nanoTime() + limit.toNanos());
    }

    /** Each socket leaves; completes when the listeners of all have run. */
    private CompletableFuture<Void> leaveAll() {
        List<CompletableFuture<Void>> all = new ArrayList<>();
        for (Namespace namespace : server.namespaces().values()) {
            for (SocketCore socket : namespace.cores()) {
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
        for (Namespace namespace : server.namespaces().values()) {
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
            options.timer().schedule(() -> checkUntil(reached, done), Duration.ofMillis(5));
        }
    }

    private static CompletableFuture<Void> allOf(List<CompletableFuture<Void>> futures) {
        return CompletableFuture.allOf(futures.toArray(new CompletableFuture<?>[0]));
    }

    void initQuietly(Namespace namespace) {
        var unused = namespace.adapter().init().whenComplete((done, error) -> {
            if (error != null) {
                LOG.log(Level.WARNING, "the adapter of " + namespace + " failed to start", error);
            }
        });
    }

    void closeQuietly(Namespace namespace) {
        var unused = namespace.adapter().close().whenComplete((done, error) -> {
            if (error != null) {
                LOG.log(Level.WARNING, "the adapter of " + namespace + " failed to end", error);
            }
        });
    }
}
