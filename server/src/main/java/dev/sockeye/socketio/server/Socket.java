package dev.sockeye.socketio.server;

import dev.sockeye.engineio.EngineSocket;
import dev.sockeye.engineio.host.HostRequest;
import dev.sockeye.socketio.AnyListener;
import dev.sockeye.socketio.DisconnectDetails;
import dev.sockeye.socketio.ErrorListener;
import dev.sockeye.socketio.EventReceiver;
import dev.sockeye.socketio.EventSender;
import dev.sockeye.socketio.RawHandler;
import dev.sockeye.socketio.Registration;
import dev.sockeye.socketio.Request;
import dev.sockeye.socketio.SocketDisconnectedException;
import dev.sockeye.socketio.SocketIoException;
import dev.sockeye.socketio.UnknownEventHandler;
import dev.sockeye.socketio.adapter.BroadcastFlags;
import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.protocol.BindingException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One client in one namespace. Official counterpart: {@code Socket} of {@code socket.io}. Any thread.
 *
 * <p>States: pending (in the middlewares), connected, disconnecting, disconnected. Its handlers run in the client's mailbox, one at a
 * time (see {@link HandlerExecution}). What is emitted after it has disconnected is dropped silently, unless its client may come back
 * ({@link ConnectionStateRecovery}): then it is kept for it; acknowledgements asked for then fail.
 */
public final class Socket implements EventReceiver, EventSender {
    private final SocketCore core;

    Socket(SocketCore core) {
        this.core = core;
    }

    /** The id: 20 characters, public; not that of the session. {@code socket.id}. */
    public String id() {
        return core.id();
    }

    /** The namespace. {@code socket.nsp}. */
    public Namespace namespace() {
        return core.namespace();
    }

    /** The name of the namespace, with its leading slash. {@code socket.nsp.name}. */
    public String namespaceName() {
        return core.namespace().name();
    }

    /** How it came to be. {@code socket.handshake}. */
    public Handshake handshake() {
        return core.handshake();
    }

    /** Data of the application, seen by {@code fetchSockets} too; concurrent, so without {@code null}. {@code socket.data}. */
    public Map<String, Object> data() {
        return core.data();
    }

    /** Its rooms, that of its own id too; a snapshot. {@code socket.rooms}. */
    public Set<String> rooms() {
        return core.rooms();
    }

    /** Whether it is in its namespace: after the middlewares, until it leaves. {@code socket.connected}. */
    public boolean connected() {
        return core.connected();
    }

    /** The opposite of {@link #connected()}. {@code socket.disconnected}. */
    public boolean disconnected() {
        return !connected();
    }

    /** Whether its state was recovered. {@code socket.recovered}. */
    public boolean recovered() {
        return core.recovered();
    }

    /** The session that carries it. {@code socket.conn}. */
    public EngineSocket conn() {
        return core.conn();
    }

    /** The connection with its sockets of other namespaces. {@code socket.client}. */
    public ClientConnection client() {
        return core.client();
    }

    /** The first HTTP request of the session. {@code socket.request}. */
    public HostRequest request() {
        return conn().request();
    }

    /**
     * Joins rooms. Does nothing once it has left. {@code socket.join(room)}.
     *
     * @throws IllegalStateException it would be in more than {@link SocketIoServerOptions#maxRoomsPerSocket()} rooms
     */
    public void join(String... rooms) {
        core.join(Arrays.asList(rooms));
    }

    /** Leaves rooms. {@code socket.leave(room)}. */
    public void leave(String... rooms) {
        core.leave(rooms);
    }

    @Override
    public void emit(String event, @Nullable Object... args) {
        core.emit(event, Arguments.of(args), BroadcastFlags.NONE);
    }

    /**
     * Sends an event and asks for an answer. Without {@link #timeout} it waits until the client has disconnected.
     *
     * @return the answer; fails with {@link SocketDisconnectedException} when the client disconnects, and with an {@link
     *     IllegalStateException} when {@link SocketIoServerOptions#maxPendingAcks()} are pending. Completes on the handler
     *     executor, not in the mailbox: a handler may wait for it
     */
    @Override
    public CompletableFuture<Arguments> emitWithAck(String event, @Nullable Object... args) {
        return core.emitWithAck(event, Arguments.of(args), BroadcastFlags.NONE);
    }

    /**
     * Sends an event and waits for the answer. Blocks; a handler may call it, unless handlers run on the I/O threads.
     *
     * @throws SocketIoException as {@link #emitWithAck(String, Object...)} fails, or after the timeout
     * @throws IllegalStateException on the I/O thread of this client
     */
    public Arguments call(String event, Duration timeout, @Nullable Object... args) throws InterruptedException {
        core.checkMayBlock();
        return BlockingAnswer.of(timeout(timeout).emitWithAck(event, args));
    }

    /**
     * Sends a request and waits for the answer. Blocks, as {@link #call(String, Duration, Object...)}.
     *
     * @throws SocketIoException as {@link #emitWithAck(Request, Object)} fails, or after the timeout
     * @throws BindingException the answer is missing or does not fit
     * @throws IllegalStateException on the I/O thread of this client
     */
    public <Q, A> A call(Request<Q, A> request, Duration timeout, Q question) throws InterruptedException {
        core.checkMayBlock();
        return BlockingAnswer.of(timeout(timeout).emitWithAck(request, question));
    }

    /** With a timeout for acknowledgements. {@code socket.timeout(ms)}. */
    public SocketEmitter timeout(Duration timeout) {
        return new SocketEmitter(core, BroadcastFlags.NONE.withTimeout(timeout));
    }

    /** What is emitted through it is dropped when the client is not ready. {@code socket.volatile}. */
    public SocketEmitter asVolatile() {
        return new SocketEmitter(core, BroadcastFlags.NONE.asVolatile());
    }

    /** Whether the transport may compress. {@code socket.compress(false)}. */
    public SocketEmitter compress(boolean compress) {
        return new SocketEmitter(core, BroadcastFlags.NONE.withCompress(compress));
    }

    /** All other sockets of the namespace. {@code socket.broadcast}. */
    public BroadcastOperator broadcast() {
        return new BroadcastOperator(namespace(), Set.of(), Set.of(id()), BroadcastFlags.NONE);
    }

    /** The other sockets in rooms. {@code socket.to(room)}. */
    public BroadcastOperator to(String... rooms) {
        return broadcast().to(rooms);
    }

    /** The same as {@link #to}. {@code socket.in(room)}. */
    public BroadcastOperator in(String... rooms) {
        return broadcast().in(rooms);
    }

    /** The other sockets, without those in rooms. {@code socket.except(room)}. */
    public BroadcastOperator except(String... rooms) {
        return broadcast().except(rooms);
    }

    /** The other sockets of this server. {@code socket.local}. */
    public BroadcastOperator local() {
        return broadcast().local();
    }

    /** Leaves the namespace; the client is told. {@code socket.disconnect()}. */
    public Socket disconnect() {
        return disconnect(false);
    }

    /** Leaves the namespace; with {@code close} all sockets of the connection leave and it is closed. */
    public Socket disconnect(boolean close) {
        core.disconnect(close);
        return this;
    }

    /**
     * Leaves the namespace for a reason of the application's own. The client gets the event {@value
     * DisconnectDetails#REASON_EVENT} with <code>{"reason": "…"}</code> before the DISCONNECT packet; the
     * client of Sockeye has the reason as the description of its details. It is also the description that {@link
     * DisconnectHandler} gets here, with {@link DisconnectReason#SERVER_NAMESPACE_DISCONNECT}. No official counterpart.
     *
     * @param reason a text for people or programs, which the client sees; empty for none
     */
    public Socket disconnect(String reason) {
        return disconnect(reason, false);
    }

    /** As {@link #disconnect(String)}; with {@code close} all sockets of the connection leave with this reason and it is closed. */
    public Socket disconnect(String reason, boolean close) {
        core.disconnect(DisconnectDetails.of(reason), close);
        return this;
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

    /** As declared; called on the thread that emits, for broadcasts too. It must not block. */
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

    /** Adds a middleware for incoming events. {@code socket.use(fn)}. */
    public Registration use(SocketMiddleware middleware) {
        return core.listeners().hook(SocketHooks.MIDDLEWARES, middleware, false);
    }

    /** Called when it is about to disconnect; its rooms are still there. {@code socket.on("disconnecting", fn)}. */
    public Registration onDisconnecting(DisconnectHandler handler) {
        return core.listeners().hook(SocketHooks.DISCONNECTING, handler, false);
    }

    /** Called last, when it has disconnected. {@code socket.on("disconnect", fn)}. */
    public Registration onDisconnect(DisconnectHandler handler) {
        return core.listeners().hook(SocketHooks.DISCONNECT, handler, false);
    }

    /**
     * Adds a listener of errors: a malformed packet ({@link dev.sockeye.socketio.protocol.DecodeException}, whose description says how
     * it began; the connection is closed then), a middleware's refusal of an event, a payload that does not fit the type of a handler
     * ({@link BindingException}). {@code socket.on("error", fn)}.
     */
    @Override
    public Registration onError(ErrorListener listener) {
        return core.listeners().hook(SocketHooks.ERROR, listener, false);
    }

    /** Called once when the client is ready to be written again, in the mailbox; soon if it is ready now. */
    public Registration onWritable(Runnable handler) {
        Registration registration = core.listeners().hook(SocketHooks.WRITABLE, handler, false);
        conn().whenDrained(() -> core.client().mailbox().post(core.listeners()::onWritable));
        return registration;
    }

    /** Bytes queued for the client that the operating system has not taken. */
    public long bufferedBytes() {
        return conn().bufferedBytes();
    }

    /** Whether what is emitted now would go out at once. */
    public boolean writable() {
        return conn().writable();
    }

    @Override
    public String toString() {
        return "Socket[" + core.namespace().name() + " " + core.id() + (connected() ? "]" : " disconnected]");
    }

    SocketCore core() {
        return core;
    }
}
