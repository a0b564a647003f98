package dev.sockeye.socketio.client;

import dev.sockeye.runtime.MailboxExecutor;
import dev.sockeye.runtime.MailboxLimits;
import dev.sockeye.runtime.RetryingExecutor;
import dev.sockeye.socketio.client.engine.Endpoint;
import dev.sockeye.socketio.client.netty.NettyClientTransport;
import dev.sockeye.socketio.client.transport.ClientLoop;
import dev.sockeye.socketio.client.transport.ClientTransport;
import dev.sockeye.socketio.client.transport.TransportName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The entry point: owns the threads and the shared connections. One client is enough for a program, regardless of the number of
 * connections. There is no static state; closing the client releases everything. Any thread. Official counterpart: the function
 * {@code io} with its cache.
 *
 * <pre>{@code
 * try (SocketIoClient io = SocketIoClient.create()) {
 *   Socket socket = io.socket("http://localhost:3000");
 *   socket.on("chat message", String.class, text -> System.out.println(text));
 *   socket.connectBlocking(Duration.ofSeconds(5));
 *   socket.emit("chat message", "hello");
 * }
 * }</pre>
 */
public final class SocketIoClient implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(SocketIoClient.class.getName());
    private static final Duration CLOSE_WAIT = Duration.ofSeconds(3);

    private final ClientEnvironment environment;
    private final Map<String, Manager> shared = new ConcurrentHashMap<>();
    private final Set<Manager> active = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;
    /** Whether the executor of the listeners refused tasks after the client was closed. */
    private volatile boolean refused;

    /** For tests and simulations. */
    SocketIoClient(ClientEnvironment environment) {
        this.environment = environment;
    }

    /**
     * Creates a client with its own threads, all daemons: two I/O threads, and virtual threads for listeners where the JVM has
     * them, otherwise a pool.
     */
    public static SocketIoClient create() {
        return builder().build();
    }

    /** Returns a builder with the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** Builds {@link SocketIoClient}. Not safe for use by several threads. */
    public static final class Builder {
        private @Nullable ClientTransport transport;
        private @Nullable Executor executor;

        private Builder() {}

        /**
         * Sets the executor that runs listeners, completes futures, calls suppliers of options and looks up host names. The
         * client does not shut it down. A listener that waits for an acknowledgement needs a second thread of it. Default
         * {@code null}: threads of the client.
         */
        public Builder executor(@Nullable Executor value) {
            this.executor = value;
            return this;
        }

        /**
         * Sets the network library, for example {@code NettyClientTransport.builder().eventLoopGroup(group).build()}. The client
         * closes it. Default {@code null}: Netty, with two I/O threads.
         */
        public Builder transport(@Nullable ClientTransport value) {
            this.transport = value;
            return this;
        }

        /** Creates the client. */
        public SocketIoClient build() {
            ClientTransport used = transport == null ? NettyClientTransport.create() : transport;
            return new SocketIoClient(new ClientThreads(used, executor));
        }
    }

    /** As {@link #socket(String, ClientOptions)} with the defaults. */
    public Socket socket(String uri) {
        return socket(uri, ClientOptions.defaults());
    }

    /**
     * Returns a socket, which connects immediately unless {@code autoConnect} is off. The path of the URI is the namespace. Different namespaces
     * of one server share a connection, unless {@code forceNew} is on or {@code multiplex} off; the connection then has the
     * options of the first.
     *
     * @throws IllegalArgumentException the scheme of the URI is not http, https, ws or wss
     * @throws IllegalStateException the client is closed, or {@code transports} names WebTransport, whose module is missing
     */
    public Socket socket(String uri, ClientOptions options) {
        return socket(uri, options, socket -> {});
    }

    /** As {@link #socket(String, ClientOptions)}; {@code setup} adds the listeners before anything can happen. */
    public Socket socket(String uri, ClientOptions options, Consumer<Socket> setup) {
        checkTransports(options);
        Endpoint endpoint = Endpoint.parse(uri);
        String namespace = endpoint.namespace();
        Manager manager = null;
        Socket socket = null;
        if (!options.forceNew() && options.multiplex()) {
            String key = endpoint.origin() + options.path();
            synchronized (shared) {
                manager = shared.get(key);
                if (manager == null) {
                    manager = newManager(endpoint, options);
                    shared.put(key, manager);
                }
                socket = manager.newSocket(namespace, options); // null if another caller has it
            }
        }
        if (manager == null || socket == null) {
            manager = newManager(endpoint, options);
            socket = Objects.requireNonNull(manager.newSocket(namespace, options));
        }
        setup.accept(socket);
        manager.begin(socket);
        return socket;
    }

    /**
     * Returns a new connection for several namespaces; it opens immediately unless {@code autoConnect} is off. The path of the URI has
     * no meaning. Official counterpart: {@code new Manager(uri, options)}.
     *
     * @throws IllegalStateException the client is closed, or {@code transports} names WebTransport, whose module is missing
     */
    public Manager manager(String uri, ClientOptions options) {
        checkTransports(options);
        Manager manager = newManager(Endpoint.parse(uri), options);
        if (options.autoConnect()) {
            manager.connect();
        }
        return manager;
    }

    private void checkTransports(ClientOptions options) {
        if (options.transports().contains(TransportName.WEBTRANSPORT) && !environment.supportsWebTransport()) {
            throw new IllegalStateException(
                    "the transport WEBTRANSPORT needs the module dev.sockeye:sockeye-client-webtransport on the class"
                            + " path");
        }
    }

    private Manager newManager(Endpoint endpoint, ClientOptions options) {
        if (closed) {
            throw new IllegalStateException("the client is closed");
        }
        return new Manager(this, environment, endpoint, options);
    }

    void active(Manager manager) {
        active.add(manager);
    }

    /** A manager that is closed and will not reconnect is released. */
    void idle(Manager manager) {
        active.remove(manager);
        synchronized (shared) {
            shared.values().remove(manager);
        }
    }

    /** The number of managers and network connections. */
    int heldForTests() {
        synchronized (shared) {
            return active.size() + shared.size() + environment.openChannels();
        }
    }

    boolean isClosed() {
        return closed;
    }

    /**
     * Runs the mailboxes of one connection. Tasks that the executor rejects are retried while the client is open; after that,
     * they run in the calling thread.
     */
    MailboxExecutor executor(ClientLoop loop, MailboxLimits limits) {
        return new RetryingExecutor(
                () -> refused ? null : environment.listeners(),
                loop::nanoTime,
                (task, delay) -> {
                    if (!closed) {
                        try {
                            loop.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
                            return;
                        } catch (RejectedExecutionException e) {
                            LOG.log(
                                    System.Logger.Level.WARNING,
                                    ClientLog.LOOP_SHUT_DOWN.text("the event loop has been shut down"),
                                    e);
                        }
                    }
                    refused = true;
                    task.run();
                },
                limits);
    }

    /** Calls {@link Manager#networkLost()} of all managers. */
    public void networkLost() {
        managers().forEach(Manager::networkLost);
    }

    /** Calls {@link Manager#networkAvailable()} of all managers. */
    public void networkAvailable() {
        managers().forEach(Manager::networkAvailable);
    }

    private Set<Manager> managers() {
        Set<Manager> all = new LinkedHashSet<>(active);
        synchronized (shared) {
            all.addAll(shared.values());
        }
        return all;
    }

    /**
     * Disconnects all sockets, closes all connections and ends the threads of the client. Events emitted before are sent first,
     * for up to 2 s; everything that waits for an acknowledgement fails. Returns when all connections are closed, after 3 s at
     * the latest; on an I/O thread, it returns immediately. Closing a closed client has no effect.
     */
    @Override
    public void close() {
        if (!environment.await(closeAsync(), CLOSE_WAIT)) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    ClientLog.CLOSE_TIMED_OUT.text("the client was not closed within {0}"),
                    CLOSE_WAIT);
        }
    }

    /** As {@link #close()}, without waiting. The future completes when all connections are closed. */
    public CompletableFuture<Void> closeAsync() {
        Set<Manager> all = new LinkedHashSet<>(active);
        synchronized (shared) {
            closed = true;
            all.addAll(shared.values());
            shared.clear();
        }
        all.addAll(active);
        ArrayList<CompletableFuture<Void>> steps = new ArrayList<>();
        for (Manager manager : all) {
            steps.add(manager.shutdown());
        }
        return CompletableFuture.allOf(steps.toArray(CompletableFuture[]::new)).thenCompose(done -> environment.end());
    }
}
