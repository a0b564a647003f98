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
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Starts and ends a server.
 *
 * <p>States: stopped, running, closing (then stopped again).
 */
final class ServerLifecycle {
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
    private final List<HandlerErrorHook> errorHooks = new CopyOnWriteArrayList<>();
    private final List<AckHook> ackHooks = new CopyOnWriteArrayList<>();

    /** Written under the lock of this, read anywhere. */
    private volatile State state = State.STOPPED;

    /** A host is being started, without the lock. */
    @GuardedBy("this")
    private boolean binding;

    /** Sockets between {@link #enter} and {@link #entered}. */
    private final AtomicInteger entering = new AtomicInteger();

    @GuardedBy("this")
    private boolean closedBefore;

    @GuardedBy("this")
    private @Nullable EngineHost host;

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
        new ClientConnection(server, conn).start();
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

    void onHandlerError(HandlerErrorHook hook) {
        errorHooks.add(hook);
    }

    void onAck(AckHook hook) {
        ackHooks.add(hook);
    }

    /** Measures how long an answer takes, if anybody wants to know. */
    void watchAck(Socket socket, String event, CompletableFuture<?> answer) {
        if (ackHooks.isEmpty()) {
            return;
        }
        long start = options.timer().nanoTime();
        var unused = answer.whenComplete((value, error) -> {
            Duration took = Duration.ofNanos(options.timer().nanoTime() - start);
            for (AckHook hook : ackHooks) {
                try {
                    hook.onAck(socket, event, took, error);
                } catch (RuntimeException e) {
                    LOG.log(Level.WARNING, "the acknowledgement hook failed", e);
                }
            }
        });
    }

    void handlerError(Socket socket, String event, Throwable error) {
        LOG.log(Level.WARNING, "a handler of \"" + event + "\" on " + socket + " failed", error);
        for (HandlerErrorHook hook : errorHooks) {
            try {
                hook.onHandlerError(socket, event, error);
            } catch (RuntimeException e) {
                LOG.log(Level.WARNING, "the handler error hook failed", e);
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
        }
        EngineHost bound = null;
        try {
            initAdapters(again);
            bound = provider.listen(address, engine);
        } finally {
            synchronized (this) {
                binding = false;
                host = bound;
                if (bound == null && stopped) {
                    threads.stop();
                    state = State.STOPPED;
                }
            }
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
            throw new IllegalStateException("the server is being closed: wait for the future of close()");
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

    CompletableFuture<Void> close() {
        EngineHost listening;
        synchronized (this) {
            if (state != State.RUNNING || binding) {
                return CompletableFuture.failedFuture(new IllegalStateException("server is not running"));
            }
            state = State.CLOSING;
            listening = host;
        }
        CompletableFuture<Void> nobodyEnters = new CompletableFuture<>();
        checkUntil(() -> entering.get() == 0, nobodyEnters);
        return withinLimit(nobodyEnters)
                .thenCompose(none -> withinLimit(leaveAll()))
                .thenCompose(left -> withinLimit(flushAll()))
                .thenCompose(flushed -> withinLimit(engine.close()))
                .whenComplete((closed, error) -> threads.stop())
                .thenCompose(closed -> listening == null ? CompletableFuture.completedFuture(null) : listening.close())
                .whenComplete((closed, error) -> {
                    synchronized (this) {
                        host = null;
                        closedBefore = true;
                        state = State.STOPPED;
                    }
                });
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
                        socket.leave(DisconnectReason.SERVER_SHUTTING_DOWN, null);
                    } finally {
                        left.complete(null);
                    }
                });
                all.add(left);
            }
        }
        return allOf(all).thenCompose(gone -> {
            List<CompletableFuture<Void>> adapters = new ArrayList<>();
            for (Namespace namespace : server.namespaces().values()) {
                adapters.add(namespace.adapter().close().exceptionally(error -> null));
            }
            return allOf(adapters);
        });
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
