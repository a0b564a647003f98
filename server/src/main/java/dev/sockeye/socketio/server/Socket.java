package dev.sockeye.socketio.server;

import dev.sockeye.engineio.EngineSocket;
import dev.sockeye.engineio.host.HostRequest;
import dev.sockeye.socketio.Event;
import dev.sockeye.socketio.adapter.BroadcastFlags;
import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.protocol.BindingException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One client in one namespace. Official counterpart: {@code Socket} of {@code socket.io}. Any thread.
 *
 * <p>States: pending (in the middlewares), connected, leaving, gone. Its listeners run in the client's mailbox, one at a time
 * (see {@link HandlerExecution}). What is emitted once it is gone is dropped in silence, unless its client may come back
 * ({@link ConnectionStateRecovery}): then it is kept for it; acknowledgements asked for then fail.
 */
public final class Socket extends SocketListeners {
    private final SocketCore core;
    private final Handshake handshake;

    Socket(SocketCore core, Handshake handshake) {
        this.core = core;
        this.handshake = handshake;
    }

    /** The id: 20 characters, public; not that of the session. {@code socket.id}. */
    public String id() {
        return core.id();
    }

    /** The namespace. {@code socket.nsp}. */
    public Namespace namespace() {
        return core.namespace();
    }

    /** How it came to be. {@code socket.handshake}. */
    public Handshake handshake() {
        return handshake;
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

    /**
     * Sends an event. Its arguments must not change afterwards. {@code socket.emit(event, ...args)}.
     *
     * @throws IllegalArgumentException the name is reserved
     * @throws BindingException an argument cannot be encoded
     */
    public void emit(String event, @Nullable Object... args) {
        core.emit(event, Arguments.of(args), BroadcastFlags.NONE);
    }

    /** Sends a typed event. */
    public <T> void emit(Event<T> event, T arg) {
        core.emit(event.name(), Arguments.of(arg), BroadcastFlags.NONE);
    }

    /** Sends the event {@code message}. {@code socket.send(...args)}. */
    public void send(@Nullable Object... args) {
        emit("message", args);
    }

    /**
     * Sends an event and asks for an answer. Without {@link #timeout} it waits until the client has left.
     *
     * @return the answer; fails with {@link SocketDisconnectedException} when the client goes, and with an {@link
     *     IllegalStateException} when {@link SocketIoServerOptions#maxPendingAcks()} are pending. Completes on the handler
     *     executor, not in the mailbox: a listener may wait for it
     */
    public CompletableFuture<Arguments> emitWithAck(String event, @Nullable Object... args) {
        return core.emitWithAck(event, Arguments.of(args), BroadcastFlags.NONE);
    }

    /** As {@link #emitWithAck(String, Object...)}, with the first argument of the answer as a type. */
    public <R> CompletableFuture<R> emitWithAck(Class<R> type, String event, @Nullable Object... args) {
        return typed(emitWithAck(event, args), type);
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

    /** Adds a listener of all incoming events. {@code socket.onAny(fn)}. */
    public Socket onAny(AnyHandler handler) {
        return change(hooks -> hooks.withAny(CopyOnWrite.append(hooks.any(), handler)));
    }

    /** Adds a listener of all incoming events, before the others. {@code socket.prependAny(fn)}. */
    public Socket prependAny(AnyHandler handler) {
        return change(hooks -> hooks.withAny(CopyOnWrite.prepend(hooks.any(), handler)));
    }

    /** Removes such a listener. {@code socket.offAny(fn)}. */
    public Socket offAny(AnyHandler handler) {
        return change(hooks -> hooks.withAny(CopyOnWrite.remove(hooks.any(), handler)));
    }

    /** Removes all such listeners. {@code socket.offAny()}. */
    public Socket offAny() {
        return change(hooks -> hooks.withAny(SocketHooks.NONE.any()));
    }

    /** The listeners of all incoming events, a snapshot. {@code socket.listenersAny()}. */
    public List<AnyHandler> listenersAny() {
        return List.of(hooks().any());
    }

    /** Adds a listener of all outgoing events, broadcasts too. {@code socket.onAnyOutgoing(fn)}. */
    public Socket onAnyOutgoing(AnyHandler handler) {
        return change(hooks -> hooks.withAnyOutgoing(CopyOnWrite.append(hooks.anyOutgoing(), handler)));
    }

    /** Adds a listener of all outgoing events, before the others. {@code socket.prependAnyOutgoing(fn)}. */
    public Socket prependAnyOutgoing(AnyHandler handler) {
        return change(hooks -> hooks.withAnyOutgoing(CopyOnWrite.prepend(hooks.anyOutgoing(), handler)));
    }

    /** Removes such a listener. {@code socket.offAnyOutgoing(fn)}. */
    public Socket offAnyOutgoing(AnyHandler handler) {
        return change(hooks -> hooks.withAnyOutgoing(CopyOnWrite.remove(hooks.anyOutgoing(), handler)));
    }

    /** Removes all such listeners. {@code socket.offAnyOutgoing()}. */
    public Socket offAnyOutgoing() {
        return change(hooks -> hooks.withAnyOutgoing(SocketHooks.NONE.anyOutgoing()));
    }

    /** The listeners of all outgoing events, a snapshot. {@code socket.listenersAnyOutgoing()}. */
    public List<AnyHandler> listenersAnyOutgoing() {
        return List.of(hooks().anyOutgoing());
    }

    /** Adds a middleware for incoming events. {@code socket.use(fn)}. */
    public Socket use(SocketMiddleware middleware) {
        return change(hooks -> hooks.withMiddlewares(CopyOnWrite.append(hooks.middlewares(), middleware)));
    }

    /** Called when it is about to leave; its rooms are still there. {@code socket.on("disconnecting", fn)}. */
    public Socket onDisconnecting(DisconnectHandler handler) {
        return change(hooks -> hooks.withDisconnecting(CopyOnWrite.append(hooks.disconnecting(), handler)));
    }

    /** Called last, when it has left. {@code socket.on("disconnect", fn)}. */
    public Socket onDisconnect(DisconnectHandler handler) {
        return change(hooks -> hooks.withDisconnect(CopyOnWrite.append(hooks.disconnect(), handler)));
    }

    /**
     * Called with what went wrong: a packet that is none ({@link dev.sockeye.socketio.protocol.DecodeException}, whose
     * description says how it began; the connection is closed then), a middleware's refusal of an event, a payload that does not fit a
     * listener's type ({@link BindingException}). {@code socket.on("error", fn)}.
     */
    public Socket onError(Consumer<Throwable> handler) {
        return change(hooks -> hooks.withError(CopyOnWrite.append(hooks.error(), handler)));
    }

    /** Called once when the client is ready to be written again, in the mailbox; soon if it is ready now. */
    public Socket onWritable(Runnable handler) {
        change(hooks -> hooks.withWritable(CopyOnWrite.append(hooks.writable(), handler)));
        conn().whenDrained(() -> core.client().mailbox().post(core::onWritableNow));
        return this;
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

    static <R> CompletableFuture<R> typed(CompletableFuture<Arguments> answer, Class<R> type) {
        return answer.thenApply(args -> args.get(0, type));
    }

    @Override
    void onBindingError(BindingException error) {
        core.onError(error);
    }

    @Override
    void onHandlerError(String event, Throwable error) {
        core.onHandlerError(event, error);
    }

    private Socket change(UnaryOperator<SocketHooks> change) {
        core.change(change);
        return this;
    }

    private SocketHooks hooks() {
        return core.hooks();
    }
}
