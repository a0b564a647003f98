package dev.sockeye.socketio.server.internal;

import dev.sockeye.engineio.EngineSocket;
import dev.sockeye.engineio.host.HostRequest;
import dev.sockeye.socketio.AnyListener;
import dev.sockeye.socketio.DisconnectDetails;
import dev.sockeye.socketio.ErrorListener;
import dev.sockeye.socketio.RawHandler;
import dev.sockeye.socketio.Registration;
import dev.sockeye.socketio.Request;
import dev.sockeye.socketio.UnknownEventHandler;
import dev.sockeye.socketio.adapter.BroadcastFlags;
import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.server.BroadcastOperator;
import dev.sockeye.socketio.server.ClientConnection;
import dev.sockeye.socketio.server.DisconnectHandler;
import dev.sockeye.socketio.server.Handshake;
import dev.sockeye.socketio.server.Namespace;
import dev.sockeye.socketio.server.Socket;
import dev.sockeye.socketio.server.SocketEmitter;
import dev.sockeye.socketio.server.SocketMiddleware;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Implements the application's view of a socket. */
final class SocketFacade implements Socket {
    private final SocketCore core;

    SocketFacade(SocketCore core) {
        this.core = core;
    }

    /** The core, for tests of this module. */
    SocketCore core() {
        return core;
    }

    @Override
    public String id() {
        return core.id();
    }

    @Override
    public Namespace namespace() {
        return core.namespace().facade();
    }

    @Override
    public String namespaceName() {
        return core.namespace().name();
    }

    @Override
    public Handshake handshake() {
        return core.handshake();
    }

    @Override
    public Map<String, Object> data() {
        return core.data();
    }

    @Override
    public Set<String> rooms() {
        return core.rooms();
    }

    @Override
    public boolean connected() {
        return core.connected();
    }

    @Override
    public boolean disconnected() {
        return !connected();
    }

    @Override
    public boolean recovered() {
        return core.recovered();
    }

    @Override
    public EngineSocket conn() {
        return core.conn();
    }

    @Override
    public ClientConnection client() {
        return core.client();
    }

    @Override
    public HostRequest request() {
        return conn().request();
    }

    @Override
    public void join(String... rooms) {
        core.join(Arrays.asList(rooms));
    }

    @Override
    public void leave(String... rooms) {
        core.leave(rooms);
    }

    @Override
    public void emit(String event, @Nullable Object... args) {
        core.emit(event, Arguments.of(args), BroadcastFlags.NONE);
    }

    @Override
    public CompletableFuture<Arguments> emitWithAck(String event, @Nullable Object... args) {
        return core.emitWithAck(event, Arguments.of(args), BroadcastFlags.NONE);
    }

    @Override
    public Arguments call(String event, Duration timeout, @Nullable Object... args) throws InterruptedException {
        core.checkMayBlock();
        return BlockingAnswer.of(timeout(timeout).emitWithAck(event, args));
    }

    @Override
    public <Q, A> A call(Request<Q, A> request, Duration timeout, Q question) throws InterruptedException {
        core.checkMayBlock();
        return BlockingAnswer.of(timeout(timeout).emitWithAck(request, question));
    }

    @Override
    public SocketEmitter timeout(Duration timeout) {
        return new SocketEmitterFacade(core, BroadcastFlags.NONE.withTimeout(timeout));
    }

    @Override
    public SocketEmitter asVolatile() {
        return new SocketEmitterFacade(core, BroadcastFlags.NONE.asVolatile());
    }

    @Override
    public SocketEmitter latest(String key) {
        return new SocketEmitterFacade(core, BroadcastFlags.NONE.withLatest(key));
    }

    @Override
    public SocketEmitter compress(boolean compress) {
        return new SocketEmitterFacade(core, BroadcastFlags.NONE.withCompress(compress));
    }

    @Override
    public BroadcastOperator broadcast() {
        return new BroadcastChain(core.namespace(), Set.of(), Set.of(id()), BroadcastFlags.NONE);
    }

    @Override
    public BroadcastOperator to(String... rooms) {
        return broadcast().to(rooms);
    }

    @Override
    public BroadcastOperator in(String... rooms) {
        return broadcast().in(rooms);
    }

    @Override
    public BroadcastOperator except(String... rooms) {
        return broadcast().except(rooms);
    }

    @Override
    public BroadcastOperator local() {
        return broadcast().local();
    }

    @Override
    public Socket disconnect() {
        return disconnect(false);
    }

    @Override
    public Socket disconnect(boolean close) {
        core.disconnect(close);
        return this;
    }

    @Override
    public Socket disconnect(String reason) {
        return disconnect(reason, false);
    }

    @Override
    public Socket disconnect(String reason, boolean close) {
        core.disconnect(DisconnectDetails.of(reason), close);
        return this;
    }

    @Override
    public void expireAt(@Nullable Instant end) {
        core.expireAt(end);
    }

    @Override
    public @Nullable Instant expiresAt() {
        return core.expiresAt();
    }

    @Override
    public Registration on(String event, RawHandler handler) {
        return core.listeners().add(event, handler, false, false);
    }

    @Override
    public Registration once(String event, RawHandler handler) {
        return core.listeners().add(event, handler, true, false);
    }

    @Override
    public Registration prepend(String event, RawHandler handler) {
        return core.listeners().add(event, handler, false, true);
    }

    @Override
    public Registration onUnknownEvent(UnknownEventHandler handler) {
        return core.listeners().hook(SocketHooks.UNKNOWN, handler, false);
    }

    @Override
    public void off(String event) {
        core.listeners().handlers().remove(event);
    }

    @Override
    public void off(String event, Object handler) {
        core.listeners().handlers().remove(event, handler);
    }

    @Override
    public void removeAllListeners() {
        core.listeners().handlers().clear();
    }

    @Override
    public Set<String> eventNames() {
        return core.listeners().handlers().names();
    }

    @Override
    public List<Object> listeners(String event) {
        return core.listeners().handlers().of(event);
    }

    @Override
    public Registration onAny(AnyListener listener) {
        return core.listeners().hook(SocketHooks.ANY, listener, false);
    }

    @Override
    public Registration prependAny(AnyListener listener) {
        return core.listeners().hook(SocketHooks.ANY, listener, true);
    }

    @Override
    public void offAny(AnyListener listener) {
        core.listeners().unhook(SocketHooks.ANY, listener);
    }

    @Override
    public void offAny() {
        core.listeners().change(hooks -> SocketHooks.ANY.with(hooks, SocketHooks.NONE.any()));
    }

    @Override
    public List<AnyListener> listenersAny() {
        return List.of(core.listeners().hooks().any());
    }

    @Override
    public Registration onAnyOutgoing(AnyListener listener) {
        return core.listeners().hook(SocketHooks.ANY_OUTGOING, listener, false);
    }

    @Override
    public Registration prependAnyOutgoing(AnyListener listener) {
        return core.listeners().hook(SocketHooks.ANY_OUTGOING, listener, true);
    }

    @Override
    public void offAnyOutgoing(AnyListener listener) {
        core.listeners().unhook(SocketHooks.ANY_OUTGOING, listener);
    }

    @Override
    public void offAnyOutgoing() {
        core.listeners().change(hooks -> SocketHooks.ANY_OUTGOING.with(hooks, SocketHooks.NONE.anyOutgoing()));
    }

    @Override
    public List<AnyListener> listenersAnyOutgoing() {
        return List.of(core.listeners().hooks().anyOutgoing());
    }

    @Override
    public Registration use(SocketMiddleware middleware) {
        return core.listeners().hook(SocketHooks.MIDDLEWARES, middleware, false);
    }

    @Override
    public Registration onDisconnecting(DisconnectHandler handler) {
        return core.listeners().hook(SocketHooks.DISCONNECTING, handler, false);
    }

    @Override
    public Registration onDisconnect(DisconnectHandler handler) {
        return core.listeners().hook(SocketHooks.DISCONNECT, handler, false);
    }

    @Override
    public Registration onError(ErrorListener listener) {
        return core.listeners().hook(SocketHooks.ERROR, listener, false);
    }

    @Override
    public Registration onWritable(Runnable handler) {
        Registration registration = core.listeners().hook(SocketHooks.WRITABLE, handler, false);
        conn().whenDrained(() -> core.client().mailbox().post(core.listeners()::onWritable));
        return registration;
    }

    @Override
    public long bufferedBytes() {
        return conn().bufferedBytes();
    }

    @Override
    public boolean writable() {
        return conn().writable();
    }

    @Override
    public String toString() {
        return core.toString();
    }
}
