package dev.sockeye.socketio.server.internal;

import dev.sockeye.engineio.CloseReason;
import dev.sockeye.engineio.EngineServer;
import dev.sockeye.engineio.EngineSocket;
import dev.sockeye.engineio.host.EngineHostProvider;
import dev.sockeye.engineio.host.HostedEngine;
import dev.sockeye.socketio.AckEventHandler;
import dev.sockeye.socketio.Event;
import dev.sockeye.socketio.EventHandler;
import dev.sockeye.socketio.RawHandler;
import dev.sockeye.socketio.Registration;
import dev.sockeye.socketio.Request;
import dev.sockeye.socketio.RequestHandler;
import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.protocol.TypeRef;
import dev.sockeye.socketio.server.AckListener;
import dev.sockeye.socketio.server.BroadcastOperator;
import dev.sockeye.socketio.server.HandlerErrorListener;
import dev.sockeye.socketio.server.Namespace;
import dev.sockeye.socketio.server.NamespaceListener;
import dev.sockeye.socketio.server.NamespaceMiddleware;
import dev.sockeye.socketio.server.NamespacePredicate;
import dev.sockeye.socketio.server.ParentNamespace;
import dev.sockeye.socketio.server.RateLimitListener;
import dev.sockeye.socketio.server.RemoteSocket;
import dev.sockeye.socketio.server.Socket;
import dev.sockeye.socketio.server.SocketHandler;
import dev.sockeye.socketio.server.SocketIoServer;
import dev.sockeye.socketio.server.SocketIoServerOptions;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The application's view of a server. It creates the parts of the server, and the views of all the others. */
public final class ServerFacade implements SocketIoServer, Facades {
    private final ServerContext context;
    private final Namespaces namespaces;
    private final EngineServer engine;
    private final ServerLifecycle lifecycle;

    private ServerFacade(SocketIoServerOptions options) {
        this.context = new ServerContext(options, this);
        this.engine = new EngineServer(options.engine(), context::complete);
        this.namespaces = new Namespaces(context);
        this.lifecycle = new ServerLifecycle(context, engine, namespaces);
        if (options.serveClient()) {
            engine.use(new ClientBundle(path()));
        }
        if (context.rateLimiter().limitsConnects()) {
            engine.throttleHandshakes(context.rateLimiter());
        }
        engine.onConnection(this::begin);
    }

    /** A session that nobody listens to would stay open without an answer. */
    private void begin(EngineSocket conn) {
        try {
            new ClientCore(context, namespaces, conn).start();
        } catch (RuntimeException | Error e) { // the parser has no decoder, for example
            conn.closeNow(CloseReason.TRANSPORT_ERROR, e);
            throw e;
        }
    }

    /** Creates a server. */
    public static SocketIoServer create(SocketIoServerOptions options) {
        return new ServerFacade(options);
    }

    @Override
    public SocketIoServerOptions options() {
        return context.options();
    }

    @Override
    public String path() {
        String path = context.options().engine().path();
        return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }

    @Override
    public Namespace sockets() {
        return namespaces.main().facade();
    }

    @Override
    public Namespace of(String name) {
        return namespaces.of(name).facade();
    }

    @Override
    public Namespace of(String name, SocketHandler handler) {
        Namespace namespace = of(name);
        namespace.onConnection(handler);
        return namespace;
    }

    @Override
    public ParentNamespace of(Pattern pattern) {
        return (ParentNamespace) namespaces.of(pattern).facade();
    }

    @Override
    public ParentNamespace of(Pattern pattern, SocketHandler handler) {
        ParentNamespace parent = of(pattern);
        parent.onConnection(handler);
        return parent;
    }

    @Override
    public ParentNamespace of(NamespacePredicate predicate) {
        return (ParentNamespace) namespaces.of(predicate).facade();
    }

    @Override
    public ParentNamespace of(NamespacePredicate predicate, SocketHandler handler) {
        ParentNamespace parent = of(predicate);
        parent.onConnection(handler);
        return parent;
    }

    @Override
    public Registration onConnection(SocketHandler handler) {
        return sockets().onConnection(handler);
    }

    @Override
    public Registration onNewNamespace(NamespaceListener listener) {
        return namespaces.onNew(listener);
    }

    @Override
    public Registration use(NamespaceMiddleware middleware) {
        return sockets().use(middleware);
    }

    @Override
    public Registration onHandlerError(HandlerErrorListener listener) {
        return context.observers().onHandlerError(listener);
    }

    @Override
    public Registration onAck(AckListener listener) {
        return context.observers().onAck(listener);
    }

    @Override
    public Registration onRateLimited(RateLimitListener listener) {
        return context.rateLimiter().onExceeded(listener);
    }

    @Override
    public SocketIoServer listen(int port) throws IOException {
        return listen(new InetSocketAddress(port));
    }

    @Override
    public SocketIoServer listen(InetSocketAddress address) throws IOException {
        return listen(address, ServerLifecycle.findProvider());
    }

    @Override
    public SocketIoServer listen(InetSocketAddress address, EngineHostProvider provider) throws IOException {
        lifecycle.listen(address, provider);
        return this;
    }

    @Override
    public InetSocketAddress address() {
        return lifecycle.address();
    }

    @Override
    public int port() {
        return address().getPort();
    }

    @Override
    public HostedEngine hostedEngine() {
        return lifecycle.hostedEngine();
    }

    @Override
    public EngineServer engine() {
        return engine;
    }

    @Override
    public void close() {
        lifecycle.close();
    }

    @Override
    public CompletableFuture<Void> closeAsync() {
        return lifecycle.closeAsync();
    }

    @Override
    public CompletableFuture<Void> drain(Duration time) {
        return lifecycle.drain(time);
    }

    @Override
    public boolean draining() {
        return lifecycle.draining();
    }

    @Override
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
    public BroadcastOperator latest(String key) {
        return sockets().latest(key);
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
    public <R> CompletableFuture<List<R>> emitWithAck(String event, Class<R> type, @Nullable Object... args) {
        return sockets().emitWithAck(event, type, args);
    }

    @Override
    public <R> CompletableFuture<List<R>> emitWithAck(String event, TypeRef<R> type, @Nullable Object... args) {
        return sockets().emitWithAck(event, type, args);
    }

    @Override
    public <Q, A> CompletableFuture<List<A>> emitWithAck(Request<Q, A> request, Q question) {
        return sockets().emitWithAck(request, question);
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

    @Override
    public void disconnectSockets(String reason, boolean close) {
        sockets().disconnectSockets(reason, close);
    }

    @Override
    public void serverSideEmit(String event, @Nullable Object... args) {
        sockets().serverSideEmit(event, args);
    }

    @Override
    public CompletableFuture<List<Arguments>> serverSideEmitWithAck(String event, @Nullable Object... args) {
        return sockets().serverSideEmitWithAck(event, args);
    }

    @Override
    public <T> void serverSideEmit(Event<T> event, T value) {
        sockets().serverSideEmit(event, value);
    }

    @Override
    public <Q, A> CompletableFuture<List<A>> serverSideEmitWithAck(Request<Q, A> request, Q question) {
        return sockets().serverSideEmitWithAck(request, question);
    }

    @Override
    public Registration onServerSideEvent(String event, RawHandler handler) {
        return sockets().onServerSideEvent(event, handler);
    }

    @Override
    public <T> Registration onServerSideEvent(Event<T> event, EventHandler<T> handler) {
        return sockets().onServerSideEvent(event, handler);
    }

    @Override
    public <T> Registration onServerSideEvent(Event<T> event, AckEventHandler<T> handler) {
        return sockets().onServerSideEvent(event, handler);
    }

    @Override
    public <Q, A> Registration onServerSideRequest(Request<Q, A> request, RequestHandler<Q, ? extends A> handler) {
        return sockets().onServerSideRequest(request, handler);
    }

    @Override
    public Map<String, Namespace> namespaces() {
        Map<String, Namespace> all = new TreeMap<>();
        namespaces.cores().forEach(core -> all.put(core.name(), core.facade()));
        return all;
    }

    // what the application sees of the other cores

    @Override
    public Namespace namespace(NamespaceCore core) {
        return new NamespaceFacade(this, core);
    }

    @Override
    public ParentNamespace parent(NamespaceCore core, Collection<NamespaceCore> children) {
        return new ParentNamespaceFacade(this, core, children);
    }

    @Override
    public Socket socket(SocketCore core) {
        return new SocketFacade(core);
    }

    // for tests of this module

    ServerContext context() {
        return context;
    }

    Namespaces registry() {
        return namespaces;
    }

    @Override
    public Executor handlerExecutor() {
        return context.executor();
    }

    ServerLifecycle lifecycle() {
        return lifecycle;
    }
}
