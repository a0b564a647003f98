package dev.sockeye.socketio.client;

import dev.sockeye.runtime.MailboxExecutor;
import dev.sockeye.runtime.MailboxLimits;
import dev.sockeye.runtime.RetryingExecutor;
import dev.sockeye.socketio.client.engine.ClientLoop;
import io.netty.channel.EventLoopGroup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The start of everything: owns the threads, and the connections that are shared. One for a program is enough, whatever the
 * number of connections; there is no static state, closing it releases all. Any thread. Official counterpart: the function
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
     * A client with threads of its own, all daemons: two event loops, and for listeners virtual threads where the JVM has
     * them, else a pool.
     */
    public static SocketIoClient create() {
        return create(null, null);
    }

    /**
     * A client on threads of yours; they are not ended by {@link #close()}.
     *
     * @param group the event loops; {@code null}: two of its own
     * @param executor runs listeners, completes futures and resolves names; {@code null}: its own. A listener that waits for
     *     an acknowledgement needs a second thread of it
     */
    public static SocketIoClient create(@Nullable EventLoopGroup group, @Nullable Executor executor) {
        return new SocketIoClient(new ClientThreads(group, executor));
    }

    /** As {@link #socket(String, ClientOptions)} with the defaults. */
    public Socket socket(String uri) {
        return socket(uri, ClientOptions.defaults());
    }

    /**
     * A socket; connects at once unless {@code autoConnect} is off. The path of the URI is the namespace. Different namespaces
     * of one server share a connection, unless {@code forceNew} is on or {@code multiplex} off; the connection then has the
     * options of the first.
     *
     * @throws IllegalArgumentException the URI is none of http, https, ws, wss
     * @throws IllegalStateException the client is closed
     */
    public Socket socket(String uri, ClientOptions options) {
        return socket(uri, options, socket -> {});
    }

    /** As {@link #socket(String, ClientOptions)}; {@code setup} adds the listeners before anything can happen. */
    public Socket socket(String uri, ClientOptions options, Consumer<Socket> setup) {
        Endpoint endpoint = Endpoint.parse(uri);
        String namespace = endpoint.namespace();
        Manager manager = null;
        if (!options.forceNew() && options.multiplex()) {
            String key = endpoint.origin() + options.path();
            synchronized (shared) {
                manager = shared.get(key);
                if (manager == null) {
                    manager = newManager(endpoint, options);
                    shared.put(key, manager);
                } else if (manager.hasSocket(namespace)) {
                    manager = null;
                }
            }
        }
        if (manager == null) {
            manager = newManager(endpoint, options);
        }
        return manager.socket(namespace, options, setup);
    }

    /**
     * A connection of its own, for several namespaces; opens at once unless {@code autoConnect} is off. The path of the URI has
     * no meaning. Official counterpart: {@code new Manager(uri, options)}.
     *
     * @throws IllegalStateException the client is closed
     */
    public Manager manager(String uri, ClientOptions options) {
        Manager manager = newManager(Endpoint.parse(uri), options);
        if (options.autoConnect()) {
            manager.connect();
        }
        return manager;
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

    /** A connection that is closed and will not open by itself is not held any more. */
    void idle(Manager manager) {
        active.remove(manager);
        synchronized (shared) {
            shared.values().remove(manager);
        }
    }

    /** How many managers and channels are held. */
    int heldForTests() {
        synchronized (shared) {
            return active.size() + shared.size() + environment.openChannels();
        }
    }

    boolean isClosed() {
        return closed;
    }

    /**
     * Runs mailboxes of one connection. What the executor of the listeners refuses is offered again while the client is open;
     * after that, it runs in the thread that finds out.
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
                            LOG.log(System.Logger.Level.WARNING, "the event loop has been shut down", e);
                        }
                    }
                    refused = true;
                    task.run();
                },
                limits);
    }

    /**
     * Disconnects all sockets, closes all connections, ends the threads it owns. What was emitted before is sent first, as far
     * as it leaves within 2 s; what waits for an acknowledgement fails. Returns when all connections are closed, except on an
     * I/O thread, where it returns at once. Again does nothing.
     */
    @Override
    public void close() {
        CompletableFuture<Void> ended = closeAsync();
        try {
            environment.checkMayBlock();
        } catch (IllegalStateException e) {
            return;
        }
        try {
            ended.get(CLOSE_WAIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("the client did not close in time", e);
        }
    }

    private CompletableFuture<Void> closeAsync() {
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
