package dev.sockeye.socketio.server;

import dev.sockeye.engineio.EngineServer;
import dev.sockeye.engineio.host.EngineHostProvider;
import dev.sockeye.engineio.host.EngineLoop;
import dev.sockeye.engineio.host.HostedEngine;
import dev.sockeye.socketio.protocol.Arguments;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
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
public final class SocketIoServer implements BroadcastTarget {
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
        return of(name).onConnection(handler);
    }

    /** All namespaces whose names the pattern is found in. {@code io.of(/regex/)}. */
    public ParentNamespace of(Pattern pattern) {
        return namespaces.of(pattern);
    }

    /** As {@link #of(Pattern)}, with a handler. */
    public ParentNamespace of(Pattern pattern, SocketHandler handler) {
        return of(pattern).onConnection(handler);
    }

    /** All namespaces that the predicate accepts. {@code io.of((name, auth, next) => {})}. */
    public ParentNamespace of(NamespacePredicate predicate) {
        return namespaces.of(predicate);
    }

    /** As {@link #of(NamespacePredicate)}, with a handler. */
    public ParentNamespace of(NamespacePredicate predicate, SocketHandler handler) {
        return of(predicate).onConnection(handler);
    }

    /** Adds a handler of the sockets of {@code /}. {@code io.on("connection", fn)}. */
    public SocketIoServer onConnection(SocketHandler handler) {
        sockets().onConnection(handler);
        return this;
    }

    /** Adds a listener of new namespaces, called by the thread that makes one. {@code io.on("new_namespace", fn)}. */
    public SocketIoServer onNewNamespace(Consumer<Namespace> listener) {
        namespaces.onNew(listener);
        return this;
    }

    /** Adds a middleware of {@code /}. {@code io.use(fn)}. */
    public SocketIoServer use(NamespaceMiddleware middleware) {
        sockets().use(middleware);
        return this;
    }

    /** Adds a hook that is told of each exception that a handler lets go. */
    public SocketIoServer onHandlerError(HandlerErrorHook hook) {
        lifecycle.onHandlerError(hook);
        return this;
    }

    /** Adds a hook that is told of each acknowledgement of a single socket; without one nothing is measured. */
    public SocketIoServer onAck(AckHook hook) {
        lifecycle.onAck(hook);
        return this;
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
     * Closes: each socket leaves with {@link DisconnectReason#SERVER_SHUTTING_DOWN}, what is queued is written (for at most
     * {@link SocketIoServerOptions#closeTimeout()}), the connections are closed and the port is free. {@code io.close()}.
     *
     * @return completes when all that is done; fails with an {@link IllegalStateException}, "server is not running", when it
     *     does not run. Never throws
     */
    public CompletableFuture<Void> close() {
        return lifecycle.close();
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

    /** As {@link Namespace#serverSideEmit}. */
    public void serverSideEmit(String event, @Nullable Object... args) {
        sockets().serverSideEmit(event, args);
    }

    /** As {@link Namespace#serverSideEmitWithAck}. */
    public CompletableFuture<List<Arguments>> serverSideEmitWithAck(String event, @Nullable Object... args) {
        return sockets().serverSideEmitWithAck(event, args);
    }

    /** As {@link Namespace#onServerSideEvent}. */
    public SocketIoServer onServerSideEvent(String event, RawHandler handler) {
        sockets().onServerSideEvent(event, handler);
        return this;
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
