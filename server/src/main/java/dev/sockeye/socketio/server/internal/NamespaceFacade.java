package dev.sockeye.socketio.server.internal;

import dev.sockeye.socketio.AckEventHandler;
import dev.sockeye.socketio.Event;
import dev.sockeye.socketio.EventHandler;
import dev.sockeye.socketio.RawHandler;
import dev.sockeye.socketio.Registration;
import dev.sockeye.socketio.Request;
import dev.sockeye.socketio.RequestHandler;
import dev.sockeye.socketio.TypedHandler;
import dev.sockeye.socketio.adapter.Adapter;
import dev.sockeye.socketio.adapter.BroadcastFlags;
import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.protocol.TypeRef;
import dev.sockeye.socketio.server.BroadcastOperator;
import dev.sockeye.socketio.server.Namespace;
import dev.sockeye.socketio.server.NamespaceMiddleware;
import dev.sockeye.socketio.server.RemoteSocket;
import dev.sockeye.socketio.server.Socket;
import dev.sockeye.socketio.server.SocketHandler;
import dev.sockeye.socketio.server.SocketIoServer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The application's view of a namespace. */
class NamespaceFacade implements Namespace {
    private final SocketIoServer server;
    private final NamespaceCore core;
    private final BroadcastOperator everyone;

    NamespaceFacade(SocketIoServer server, NamespaceCore core) {
        this.server = server;
        this.core = core;
        this.everyone = new BroadcastChain(core, Set.of(), Set.of(), BroadcastFlags.NONE);
    }

    /** The core, for tests of this module. */
    NamespaceCore core() {
        return core;
    }

    @Override
    public String name() {
        return core.name();
    }

    @Override
    public Map<String, Socket> sockets() {
        return new SocketMap(core.connected());
    }

    @Override
    public @Nullable Socket socket(String id) {
        return sockets().get(id);
    }

    @Override
    public Adapter adapter() {
        return core.adapter();
    }

    @Override
    public SocketIoServer server() {
        return server;
    }

    @Override
    public Registration use(NamespaceMiddleware middleware) {
        return core.use(middleware);
    }

    @Override
    public Registration onConnection(SocketHandler handler) {
        return core.onConnection(handler);
    }

    @Override
    public Registration prependConnection(SocketHandler handler) {
        return core.prependConnection(handler);
    }

    @Override
    public void offConnection(SocketHandler handler) {
        core.offConnection(handler);
    }

    @Override
    public BroadcastOperator to(String... rooms) {
        return everyone.to(rooms);
    }

    @Override
    public BroadcastOperator in(String... rooms) {
        return everyone.to(rooms);
    }

    @Override
    public BroadcastOperator except(String... rooms) {
        return everyone.except(rooms);
    }

    @Override
    public BroadcastOperator local() {
        return everyone.local();
    }

    @Override
    public BroadcastOperator asVolatile() {
        return everyone.asVolatile();
    }

    @Override
    public BroadcastOperator latest(String key) {
        return everyone.latest(key);
    }

    @Override
    public BroadcastOperator compress(boolean compress) {
        return everyone.compress(compress);
    }

    @Override
    public BroadcastOperator timeout(Duration timeout) {
        return everyone.timeout(timeout);
    }

    @Override
    public void emit(String event, @Nullable Object... args) {
        everyone.emit(event, args);
    }

    @Override
    public CompletableFuture<List<Arguments>> emitWithAck(String event, @Nullable Object... args) {
        return everyone.emitWithAck(event, args);
    }

    @Override
    public <R> CompletableFuture<List<R>> emitWithAck(String event, Class<R> type, @Nullable Object... args) {
        return everyone.emitWithAck(event, type, args);
    }

    @Override
    public <R> CompletableFuture<List<R>> emitWithAck(String event, TypeRef<R> type, @Nullable Object... args) {
        return everyone.emitWithAck(event, type, args);
    }

    @Override
    public <Q, A> CompletableFuture<List<A>> emitWithAck(Request<Q, A> request, Q question) {
        return everyone.emitWithAck(request, question);
    }

    @Override
    public CompletableFuture<List<RemoteSocket>> fetchSockets() {
        return everyone.fetchSockets();
    }

    @Override
    public void socketsJoin(String... rooms) {
        everyone.socketsJoin(rooms);
    }

    @Override
    public void socketsLeave(String... rooms) {
        everyone.socketsLeave(rooms);
    }

    @Override
    public void disconnectSockets(boolean close) {
        everyone.disconnectSockets(close);
    }

    @Override
    public void disconnectSockets(String reason, boolean close) {
        everyone.disconnectSockets(reason, close);
    }

    @Override
    public void serverSideEmit(String event, @Nullable Object... args) {
        ReservedEvents.checkServerSide(event);
        core.adapter().serverSideEmit(event, Arguments.of(args));
    }

    @Override
    public <T> void serverSideEmit(Event<T> event, T value) {
        serverSideEmit(event.name(), value);
    }

    @Override
    public CompletableFuture<List<Arguments>> serverSideEmitWithAck(String event, @Nullable Object... args) {
        ReservedEvents.checkServerSide(event);
        return core.adapter().serverSideEmitWithAck(event, Arguments.of(args)).copy();
    }

    @Override
    public <Q, A> CompletableFuture<List<A>> serverSideEmitWithAck(Request<Q, A> request, Q question) {
        return BroadcastAcks.typed(serverSideEmitWithAck(request.name(), question), request);
    }

    @Override
    public Registration onServerSideEvent(String event, RawHandler handler) {
        ReservedEvents.checkServerSide(event);
        return core.serverSide().add(event, handler);
    }

    @Override
    public <T> Registration onServerSideEvent(Event<T> event, EventHandler<T> handler) {
        return onServerSideEvent(event, (AckEventHandler<T>) handler);
    }

    @Override
    public <T> Registration onServerSideEvent(Event<T> event, AckEventHandler<T> handler) {
        return onServerSideEvent(event.name(), TypedHandler.of(event.name(), event.type(), handler));
    }

    @Override
    public <Q, A> Registration onServerSideRequest(Request<Q, A> request, RequestHandler<Q, ? extends A> handler) {
        return onServerSideEvent(request.name(), TypedHandler.ofRequest(request.name(), request.type(), handler));
    }

    @Override
    public String toString() {
        return core.toString();
    }
}
