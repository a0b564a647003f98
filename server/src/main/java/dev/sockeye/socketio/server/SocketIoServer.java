package dev.sockeye.socketio.server;

import dev.sockeye.engineio.EngineServer;
import dev.sockeye.engineio.host.EngineHostProvider;
import dev.sockeye.engineio.host.EngineLoop;
import dev.sockeye.engineio.host.HostedEngine;
import dev.sockeye.socketio.AckEventHandler;
import dev.sockeye.socketio.Event;
import dev.sockeye.socketio.EventHandler;
import dev.sockeye.socketio.RawHandler;
import dev.sockeye.socketio.Registration;
import dev.sockeye.socketio.Request;
import dev.sockeye.socketio.RequestHandler;
import dev.sockeye.socketio.protocol.Arguments;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A Socket.IO server. Official counterpart: {@code Server} of {@code socket.io}. Any thread.
 *
 * <pre>{@code
 * SocketIoServer io = SocketIoServer.create();
 * io.onConnection(socket ->
 *     socket.on("chat message", String.class, message -> io.emit("chat message", message)));
 * io.listen(3000);
 * }</pre>
 *
 * <p>States: new, running (after {@link #listen} or {@link #hostedEngine}), closed; from closed it can run again.
 */
public final class SocketIoServer implements BroadcastTarget, AutoCloseable {
    private final Namespaces namespaces;
    private final ServerLifecycle lifecycle;
    private final SocketIoServerOptions options;

    private SocketIoServer(SocketIoServerOptions options) {
        this.options = options;
        this.lifecycle = new ServerLifecycle(this, options);
        this.namespaces = new Namespaces(this);
    }

    /** A server with all defaults. */
    public static SocketIoServer create() {
        return create(SocketIoServerOptions.defaults());
    }

    /** A server. */
    public static SocketIoServer create(SocketIoServerOptions options) {
        return new SocketIoServer(options);
    }

    /** The options. */
    public SocketIoServerOptions options() {
        return options;
    }

    /** The path that is served, without slash at its end. {@code io.path()}. */
    public String path() {
        return lifecycle.path();
    }

    /** The namespace {@code /}. {@code io.sockets}. */
    public Namespace sockets() {
        return namespaces.main();
    }

    /** A namespace, made when it is not there yet; a missing leading slash is added. {@code io.of(name)}. */
    public Namespace of(String name) {
        return namespaces.of(name);
    }

    /** A namespace and a handler of its sockets. {@code io.of(name, fn)}. */
    public Namespace of(String name, SocketHandler handler) {
        Namespace namespace = of(name);
        namespace.onConnection(handler);
        return namespace;
    }

    /** All namespaces whose names the pattern is found in. {@code io.of(/regex/)}. */
    public ParentNamespace of(Pattern pattern) {
        return namespaces.of(pattern);
    }

    /** As {@link #of(Pattern)}, with a handler. */
    public ParentNamespace of(Pattern pattern, SocketHandler handler) {
        ParentNamespace parent = of(pattern);
        parent.onConnection(handler);
        return parent;
    }

    /** All namespaces that the predicate accepts. {@code io.of((name, auth, next) => {})}. */
    public ParentNamespace of(NamespacePredicate predicate) {
        return namespaces.of(predicate);
    }

    /** As {@link #of(NamespacePredicate)}, with a handler. */
    public ParentNamespace of(NamespacePredicate predicate, SocketHandler handler) {
        ParentNamespace parent = of(predicate);
        parent.onConnection(handler);
        return parent;
    }

    /** Adds a handler of the sockets of {@code /}. {@code io.on("connection", fn)}. */
    public Registration onConnection(SocketHandler handler) {
        return sockets().onConnection(handler);
    }

    /** Adds a listener of new namespaces, called by the thread that creates one. {@code io.on("new_namespace", fn)}. */
    public Registration onNewNamespace(NamespaceListener listener) {
        return namespaces.onNew(listener);
    }

    /** Adds a middleware of {@code /}. {@code io.use(fn)}. */
    public Registration use(NamespaceMiddleware middleware) {
        return sockets().use(middleware);
    }

    /** Adds a listener of the exceptions that handlers throw. */
    public Registration onHandlerError(HandlerErrorListener listener) {
        return lifecycle.onHandlerError(listener);
    }

    /** Adds a listener of the acknowledgements of single sockets; without one nothing is measured. */
    public Registration onAck(AckListener listener) {
        return lifecycle.onAck(listener);
    }

    /**
     * Listens on a port of all addresses, with the host that is found on the class or module path. Blocks until it is bound.
     *
     * @param port 0 for any free one
     * @throws IOException the port cannot be bound
     * @throws IllegalStateException no host was found, or the server listens already
     */
    public SocketIoServer listen(int port) throws IOException {
        return listen(new InetSocketAddress(port));
    }

    /** As {@link #listen(int)}, on an address. */
    public SocketIoServer listen(InetSocketAddress address) throws IOException {
        return listen(address, ServerLifecycle.findProvider());
    }

    /** As {@link #listen(int)}, on an address with this host. */
    public SocketIoServer listen(InetSocketAddress address, EngineHostProvider provider) throws IOException {
        lifecycle.listen(address, provider);
        return this;
    }

    /**
     * The address that it listens on.
     *
     * @throws IllegalStateException it does not listen
     */
    public InetSocketAddress address() {
        return lifecycle.address();
    }

    /** The port that it listens on; as {@link #address()}. */
    public int port() {
        return address().getPort();
    }

    /** What an existing host calls; starts the server if it does not run. {@code io.attach(httpServer)}. */
    public HostedEngine hostedEngine() {
        return lifecycle.hostedEngine();
    }

    /** The engine. {@code io.engine}. */
    public EngineServer engine() {
        return lifecycle.engine();
    }

    /**
     * Closes and waits. As {@link #closeAsync()}; returns after six times {@link SocketIoServerOptions#closeTimeout()} at the latest,
     * or when the thread is interrupted. A failure is logged. Blocks: not for a handler. {@code io.close()}.
     */
    @Override
    public void close() {
        lifecycle.close();
    }

    /**
     * Closes: each socket disconnects with {@link DisconnectReason#SERVER_SHUTTING_DOWN}, what is queued is written, the connections
     * and the adapters are closed and the port is free. Each of these steps takes {@link SocketIoServerOptions#closeTimeout()} at
     * most. Closing a closed server does nothing; one that is being closed is closed once. {@code io.close()}.
     *
     * @return completes when all that is done; a future of the caller's own. Never throws
     */
    public CompletableFuture<Void> closeAsync() {
        return lifecycle.closeAsync();
    }

    /**
     * Takes the server out of service step by step, so that its clients go elsewhere, then closes it as {@link #closeAsync()} does. No official
     * counterpart.
     *
     * <ul>
     *   <li>From now on new sessions are refused, with status 503 and {@code Retry-After}. Requests of open sessions go on.
     *   <li>The clients are disconnected one after the other, spread over the first four fifths of the time, each at a random moment of its own
     *       share. A client goes after the handlers of what it has sent, and after the acknowledgements that the server waits for. Its sockets leave
     *       with {@link DisconnectReason#SERVER_SHUTTING_DOWN}; the connection is closed without a DISCONNECT packet, so that an official client
     *       reports "transport close" and reconnects by itself. With connection state recovery across servers it finds its session again.
     *   <li>The server is closed as soon as no client is left and no handler runs, at the latest when the time is up; whoever is left then is
     *       disconnected at once.
     * </ul>
     *
     * <p>A second call waits for the same end, and its time has no effect. {@link #close()} during a drain closes at once. A server that does not
     * run is closed.
     *
     * @param time how long it may take, without the close at the end; zero disconnects all at once. More than a year is a year
     * @return completes when the server is closed; a future of the caller's own
     * @throws IllegalArgumentException the time is negative
     */
    public CompletableFuture<Void> drain(Duration time) {
        return lifecycle.drain(time);
    }

    /** Whether {@link #drain} was called and the server is not closed yet: a readiness probe should fail then. */
    public boolean draining() {
        return lifecycle.draining();
    }

    /**
     * Waits, after {@link #close()}, until the threads that the server made for handlers and timers have ended too: for an
     * application whose classes are to be unloaded. Hosts in servlet containers do so. Blocks; not for a handler.
     *
     * @return whether they have ended within the limit; false while the server runs, or a handler does
     */
    public boolean awaitTermination(Duration limit) throws InterruptedException {
        return lifecycle.awaitTermination(limit);
    }

    @Override
    public BroadcastOperator to(String... rooms) {
        return sockets().to(rooms);
    }

    @Override
    public BroadcastOperator in(String... rooms) {
        return sockets().in(rooms);
    }

    @Override
    public BroadcastOperator except(String... rooms) {
        return sockets().except(rooms);
    }

    @Override
    public BroadcastOperator local() {
        return sockets().local();
    }

    @Override
    public BroadcastOperator asVolatile() {
        return sockets().asVolatile();
    }

    @Override
    public BroadcastOperator compress(boolean compress) {
        return sockets().compress(compress);
    }

    @Override
    public BroadcastOperator timeout(Duration timeout) {
        return sockets().timeout(timeout);
    }

    @Override
    public void emit(String event, @Nullable Object... args) {
        sockets().emit(event, args);
    }

    @Override
    public CompletableFuture<List<Arguments>> emitWithAck(String event, @Nullable Object... args) {
        return sockets().emitWithAck(event, args);
    }

    @Override
    public CompletableFuture<List<RemoteSocket>> fetchSockets() {
        return sockets().fetchSockets();
    }

    @Override
    public void socketsJoin(String... rooms) {
        sockets().socketsJoin(rooms);
    }

    @Override
    public void socketsLeave(String... rooms) {
        sockets().socketsLeave(rooms);
    }

    @Override
    public void disconnectSockets(boolean close) {
        sockets().disconnectSockets(close);
    }

    /** As {@link Namespace#serverSideEmit(String, Object...)}. */
    public void serverSideEmit(String event, @Nullable Object... args) {
        sockets().serverSideEmit(event, args);
    }

    /** As {@link Namespace#serverSideEmitWithAck(String, Object...)}. */
    public CompletableFuture<List<Arguments>> serverSideEmitWithAck(String event, @Nullable Object... args) {
        return sockets().serverSideEmitWithAck(event, args);
    }

    /** As {@link Namespace#serverSideEmit(Event, Object)}. */
    public <T> void serverSideEmit(Event<T> event, T value) {
        sockets().serverSideEmit(event, value);
    }

    /** As {@link Namespace#serverSideEmitWithAck(Request, Object)}. */
    public <Q, A> CompletableFuture<List<A>> serverSideEmitWithAck(Request<Q, A> request, Q question) {
        return sockets().serverSideEmitWithAck(request, question);
    }

    /** As {@link Namespace#onServerSideEvent(String, RawHandler)}. */
    public Registration onServerSideEvent(String event, RawHandler handler) {
        return sockets().onServerSideEvent(event, handler);
    }

    /** As {@link Namespace#onServerSideEvent(Event, EventHandler)}. */
    public <T> Registration onServerSideEvent(Event<T> event, EventHandler<T> handler) {
        return sockets().onServerSideEvent(event, handler);
    }

    /** As {@link Namespace#onServerSideEvent(Event, AckEventHandler)}. */
    public <T> Registration onServerSideEvent(Event<T> event, AckEventHandler<T> handler) {
        return sockets().onServerSideEvent(event, handler);
    }

    /** As {@link Namespace#onServerSideRequest}. */
    public <Q, A> Registration onServerSideRequest(Request<Q, A> request, RequestHandler<Q, ? extends A> handler) {
        return sockets().onServerSideRequest(request, handler);
    }

    /** The namespaces that exist, without the parents of dynamic ones, by name; a snapshot. */
    public Map<String, Namespace> namespaces() {
        return namespaces.all();
    }

    Namespaces registry() {
        return namespaces;
    }

    ServerLifecycle lifecycle() {
        return lifecycle;
    }

    Executor executor() {
        return lifecycle.executor();
    }

    EngineLoop.Timer schedule(Runnable task, Duration delay) {
        return options.timer().schedule(task, delay);
    }
}
