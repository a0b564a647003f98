package dev.sockeye.socketio.client;

import dev.sockeye.socketio.Ack;
import dev.sockeye.socketio.ConnectErrorException;
import dev.sockeye.socketio.Event;
import dev.sockeye.socketio.Registration;
import dev.sockeye.socketio.SocketIoException;
import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.protocol.BindingException;
import dev.sockeye.socketio.protocol.ReservedEvents;
import dev.sockeye.socketio.protocol.TypeRef;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One client in one namespace. States: disconnected, connecting, connected; lost connections come back by themselves. Any
 * thread; methods do not wait unless they say so, and happen in the order of the calls. Listeners run off the I/O threads, one
 * at a time and in order, may block and may call anything here. Futures complete on other threads than listeners, so that a
 * listener may wait for them. Official counterpart: {@code Socket}.
 */
public final class Socket {
    private final Manager manager;
    private final ClientEnvironment environment;
    private final String namespace;
    private final SocketListeners listeners;
    private final SocketCore core;

    Socket(Manager manager, ClientEnvironment environment, String namespace, ClientOptions options) {
        this.manager = manager;
        this.environment = environment;
        this.namespace = namespace;
        this.listeners = new SocketListeners(manager.newMailbox(options), this::runCompletion);
        this.core = new SocketCore(this, manager, namespace, options, listeners);
    }

    SocketCore core() {
        return core;
    }

    void runCompletion(Runnable task) {
        try {
            environment.completions().execute(task);
        } catch (RejectedExecutionException e) {
            task.run(); // the client is closed; better here than never
        }
    }

    /** The manager. Official counterpart: {@code socket.io}. */
    public Manager io() {
        return manager;
    }

    /** The namespace, with its leading slash. */
    public String namespace() {
        return namespace;
    }

    /** The public id that the server gave; {@code null} when not connected. */
    public @Nullable String id() {
        return core.id;
    }

    /** Whether the socket is connected to its namespace. */
    public boolean connected() {
        return core.connected;
    }

    /** Whether the socket is not connected to its namespace. Official counterpart: {@code socket.disconnected}. */
    public boolean disconnected() {
        return !core.connected;
    }

    /**
     * Whether the socket is connected, or connects or reconnects by itself. {@code false} after {@link #disconnect()}, and when
     * the server refused or disconnected it: then {@link #connect()} is needed. Official counterpart: {@code socket.active}.
     */
    public boolean active() {
        return core.active();
    }

    /** Whether the last connect recovered the one before: same id, same rooms, and the events that were missed. */
    public boolean recovered() {
        return core.recoveryStatus == RecoveryStatus.RECOVERED;
    }

    /** Whether the last connect recovered the one before, and the reason if it did not. */
    public RecoveryStatus recoveryStatus() {
        return core.recoveryStatus;
    }

    /** Connects to the namespace, opening the connection if needed. */
    public Socket connect() {
        if (manager.client().isClosed()) {
            throw new IllegalStateException("the client is closed");
        }
        manager.run(core::connect);
        return this;
    }

    /** Leaves the namespace, and closes the connection if no other socket uses it. It does not come back by itself. */
    public Socket disconnect() {
        manager.run(core::disconnect);
        return this;
    }

    /**
     * Connects and waits. While the connection cannot be opened it is tried again as the options say. Safe on virtual threads
     * and in listeners.
     *
     * @throws ConnectErrorException the server refused, or it is not tried again, or the time is over; the cause says more
     * @throws IllegalStateException on an I/O thread
     */
    public Socket connectBlocking(Duration timeout) throws InterruptedException {
        environment.checkMayBlock();
        CompletableFuture<Void> waiter = new CompletableFuture<>();
        connect();
        manager.run(LoopInbox.Command.of(() -> core.awaitConnect(waiter), waiter));
        try {
            waiter.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
            return this;
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            if (cause instanceof ConnectErrorException error) {
                throw new ConnectErrorException(error.getMessage(), error.data(), error.refused(), error);
            }
            throw new ConnectErrorException(cause == null ? null : cause.getMessage(), null, false, cause);
        } catch (TimeoutException e) {
            manager.run(() -> core.stopWaiting(waiter));
            SocketIoException last = core.lastError;
            String reason = last == null ? "" : ": " + last.getMessage();
            throw new ConnectErrorException("not connected within " + timeout + reason, null, false, last);
        }
    }

    // ---- emitting

    /**
     * Sends an event. While not connected it waits in the send buffer.
     *
     * @throws IllegalArgumentException the name is reserved
     * @throws BindingException an argument cannot be encoded
     * @throws PacketTooLargeException the server would not take it; the connection lives on
     * @throws SendBufferFullException too much waits already
     * @throws IllegalStateException the client is closed
     */
    public Socket emit(String event, @Nullable Object... args) {
        emit(Emission.Flags.NONE, event, Arguments.of(args), null);
        return this;
    }

    /** As {@link #emit(String, Object...)}, typed. */
    public <T> Socket emit(Event<T> event, T value) {
        emit(Emission.Flags.NONE, event.name(), Arguments.of(value), null);
        return this;
    }

    /** As {@link #emit(String, Object...)}; the answer comes to a callback, in order with the listeners. */
    public Socket emit(String event, Arguments args, AckCallback ack) {
        emit(Emission.Flags.NONE, event, args, inMailbox(ack));
        return this;
    }

    /** Sends an event named {@code message}. */
    public Socket send(@Nullable Object... args) {
        return emit("message", args);
    }

    /**
     * Sends an event and gives the server's answer. It fails with a {@link SocketIoException}: {@link AckTimeoutException}
     * when a timeout was set, {@link SocketDisconnectedException} when the connection was lost after sending or the client was
     * closed. Who ends the future, with {@code cancel} or {@code orTimeout}, waits no more: the event is not sent if it still
     * waits to be sent, and an answer that comes later is ignored. Throws as {@link #emit(String, Object...)}.
     */
    public CompletableFuture<Arguments> emitWithAck(String event, @Nullable Object... args) {
        return emitWithAck(Emission.Flags.NONE, event, Arguments.of(args), answer -> answer);
    }

    /** As {@link #emitWithAck(String, Object...)}; the first argument of the answer as a type. */
    public <R> CompletableFuture<@Nullable R> emitWithAck(Class<R> type, String event, @Nullable Object... args) {
        return emitWithAck(Emission.Flags.NONE, event, Arguments.of(args), answer -> answer.get(0, type));
    }

    /**
     * Sends an event and waits for the server's answer. Safe on virtual threads and in listeners.
     *
     * @throws SocketIoException as {@link #emitWithAck(String, Object...)}
     * @throws IllegalStateException on an I/O thread
     */
    public Arguments call(Duration timeout, String event, @Nullable Object... args) throws InterruptedException {
        environment.checkMayBlock();
        CompletableFuture<Arguments> answer = new CompletableFuture<>();
        Emission.Flags flags = new Emission.Flags(false, true, timeout.toMillis());
        emit(flags, event, Arguments.of(args), (error, values) -> {
            if (error != null) {
                answer.completeExceptionally(error);
            } else {
                answer.complete(values);
            }
        });
        try {
            return answer.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof SocketIoException error) {
                throw error;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    /**
     * Drops the events that were emitted before and are not sent yet, mostly because the socket is not connected; their
     * acknowledgements fail with a {@link SocketDisconnectedException}. Official counterpart: {@code socket.sendBuffer = []}.
     */
    public Socket clearSendBuffer() {
        manager.run(core.outbox()::clear);
        return this;
    }

    /** The number of events that wait to be sent. */
    public int sendBufferSize() {
        return core.outbox().unsent();
    }

    /**
     * The events that wait to be sent, oldest first, as of the emits before this call. With {@code retries}, also the event that
     * waits for its acknowledgement. The future never fails. Official counterpart: {@code socket.sendBuffer}.
     */
    public CompletableFuture<List<BufferedEvent>> sendBuffer() {
        CompletableFuture<List<BufferedEvent>> result = new CompletableFuture<>();
        manager.run(new LoopInbox.Command() {
            @Override
            public void run() {
                List<BufferedEvent> events = core.outbox().buffered();
                runCompletion(() -> result.complete(events));
            }

            @Override
            public void refused() {
                result.complete(List.of());
            }
        });
        return result;
    }

    /** How long to wait for the acknowledgement of the next emit. */
    public SocketEmitter timeout(Duration timeout) {
        return new SocketEmitter(this, Emission.Flags.NONE).timeout(timeout);
    }

    /** The next event is given up if it cannot be sent at once. Official counterpart: {@code socket.volatile}. */
    public SocketEmitter asVolatile() {
        return new SocketEmitter(this, Emission.Flags.NONE).asVolatile();
    }

    /** Whether WebSocket may compress the next event, when it was negotiated. Default true. */
    public SocketEmitter compress(boolean on) {
        return new SocketEmitter(this, Emission.Flags.NONE).compress(on);
    }

    void emit(Emission.Flags flags, String event, Arguments args, Emission.@Nullable Answer answer) {
        ReservedEvents.check(event);
        core.outbox().emit(flags, event, args, answer);
    }

    <R extends @Nullable Object> CompletableFuture<R> emitWithAck(
            Emission.Flags flags, String event, Arguments args, Function<Arguments, ? extends R> result) {
        AckFuture<R> future = new AckFuture<>(this, result);
        emit(flags, event, args, future);
        return future;
    }

    /** Nobody waits for that answer any more. */
    void abandon(Emission.Answer answer, long ackId) {
        manager.run(() -> core.outbox().abandon(answer, ackId));
    }

    Emission.Answer inMailbox(AckCallback ack) {
        return new Emission.Answer() {
            @Override
            public void done(@Nullable SocketIoException error, Arguments args) {
                listeners.callback(() -> ack.done(error, args));
            }

            @Override
            public void answered(Arguments args, int size) {
                listeners.callback(() -> ack.done(null, args), size);
            }
        };
    }

    // ---- listening

    /**
     * Adds a listener.
     *
     * @throws IllegalArgumentException the name is reserved: there are methods like {@link #onConnect}
     */
    public Socket on(String event, EventHandler handler) {
        return add(event, handler, handler, false);
    }

    /** Adds a listener for the first argument as a type; one that does not fit goes to {@link #onError}. */
    public <T> Socket on(String event, Class<T> type, Consumer<? super T> handler) {
        return add(event, handler, TypedHandlers.typed(event, type, handler), false);
    }

    /** As {@link #on(String, Class, Consumer)}, for generic types. */
    public <T> Socket on(String event, TypeRef<T> type, Consumer<? super T> handler) {
        return add(event, handler, TypedHandlers.typed(event, type.type(), handler), false);
    }

    /** As {@link #on(String, Class, Consumer)}, with the means to answer. */
    public <T> Socket on(String event, Class<T> type, BiConsumer<? super T, Ack> handler) {
        return add(event, handler, TypedHandlers.typed(event, type, handler), false);
    }

    /** As {@link #on(String, Class, Consumer)}, for generic types, with the means to answer. */
    public <T> Socket on(String event, TypeRef<T> type, BiConsumer<? super T, Ack> handler) {
        return add(event, handler, TypedHandlers.typed(event, type.type(), handler), false);
    }

    /** As {@link #on(String, Class, Consumer)}. */
    public <T> Socket on(Event<T> event, Consumer<? super T> handler) {
        return add(event.name(), handler, TypedHandlers.typed(event.name(), event.type(), handler), false);
    }

    /** As {@link #on(String, Class, BiConsumer)}. */
    public <T> Socket on(Event<T> event, BiConsumer<? super T, Ack> handler) {
        return add(event.name(), handler, TypedHandlers.typed(event.name(), event.type(), handler), false);
    }

    /** Adds a listener that is called once. */
    public Socket once(String event, EventHandler handler) {
        return add(event, handler, handler, true);
    }

    /** As {@link #once(String, EventHandler)}, typed. */
    public <T> Socket once(String event, Class<T> type, Consumer<? super T> handler) {
        return add(event, handler, TypedHandlers.typed(event, type, handler), true);
    }

    /** As {@link #once(String, EventHandler)}, typed. */
    public <T> Socket once(Event<T> event, Consumer<? super T> handler) {
        return add(event.name(), handler, TypedHandlers.typed(event.name(), event.type(), handler), true);
    }

    /** Removes all listeners of an event. */
    public Socket off(String event) {
        listeners.removeAll(event);
        return this;
    }

    /** Removes a listener of an event: the object that was given to {@code on} or {@code once}. */
    public Socket off(String event, Object handler) {
        listeners.remove(event, handler);
        return this;
    }

    /** The listeners of an event. */
    public List<Object> listeners(String event) {
        return List.copyOf(listeners.keys(event));
    }

    private Socket add(String event, Object key, EventHandler handler, boolean once) {
        ReservedEvents.check(event);
        listeners.add(event, new SocketListeners.Entry<>(key, handler, once));
        return this;
    }

    /**
     * Adds a listener: connected, also again. It runs a little later; {@link #id()} is of the moment it is asked, and {@code
     * null} if the connection is lost already: {@link #onConnect(ConnectHandler)} gives the id of that connect. Official
     * counterpart: {@code connect}.
     */
    public Registration onConnect(Runnable handler) {
        return onConnect((id, recovered) -> handler.run());
    }

    /** As {@link #onConnect(Runnable)}; the listener gets the id, and whether the connection was recovered. */
    public Registration onConnect(ConnectHandler handler) {
        return register(listeners.connects, handler, false);
    }

    /** As {@link #onConnect(Runnable)}, called once. */
    public Registration onceConnect(Runnable handler) {
        return onceConnect((id, recovered) -> handler.run());
    }

    /** As {@link #onConnect(ConnectHandler)}, called once. */
    public Registration onceConnect(ConnectHandler handler) {
        return register(listeners.connects, handler, true);
    }

    /** Adds a listener: could not connect. Official counterpart: {@code connect_error}. */
    public Registration onConnectError(Consumer<ConnectErrorException> handler) {
        return register(listeners.connectErrors, handler, false);
    }

    /** Adds a listener: disconnected. Official counterpart: {@code disconnect}. */
    public Registration onDisconnect(DisconnectHandler handler) {
        return register(listeners.disconnects, handler, false);
    }

    /** As {@link #onDisconnect}, called once. */
    public Registration onceDisconnect(DisconnectHandler handler) {
        return register(listeners.disconnects, handler, true);
    }

    private static <H> Registration register(List<SocketListeners.Entry<H>> list, H handler, boolean once) {
        SocketListeners.Entry<H> entry = new SocketListeners.Entry<>(handler, handler, once);
        list.add(entry);
        return () -> list.remove(entry);
    }

    /** Adds a listener: a listener failed, a payload did not bind, a buffered event could not be sent. All are also logged. */
    public Registration onError(Consumer<Throwable> handler) {
        return register(listeners.errors, handler, false);
    }

    /** Adds a listener for all events that come; called before those of the event. */
    public Socket onAny(AnyHandler handler) {
        listeners.any.add(handler);
        return this;
    }

    /** As {@link #onAny}, before the others. */
    public Socket prependAny(AnyHandler handler) {
        listeners.any.add(0, handler);
        return this;
    }

    /** Removes a catch-all listener. */
    public Socket offAny(AnyHandler handler) {
        listeners.any.remove(handler);
        return this;
    }

    /** Removes all catch-all listeners. */
    public Socket offAny() {
        listeners.any.clear();
        return this;
    }

    /** The catch-all listeners. */
    public List<AnyHandler> listenersAny() {
        return List.copyOf(listeners.any);
    }

    /** Adds a listener for all events that are sent, acknowledgements excluded. */
    public Socket onAnyOutgoing(AnyHandler handler) {
        listeners.anyOutgoing.add(handler);
        return this;
    }

    /** As {@link #onAnyOutgoing}, before the others. */
    public Socket prependAnyOutgoing(AnyHandler handler) {
        listeners.anyOutgoing.add(0, handler);
        return this;
    }

    /** Removes a catch-all listener for what is sent. */
    public Socket offAnyOutgoing(AnyHandler handler) {
        listeners.anyOutgoing.remove(handler);
        return this;
    }

    /** Removes all catch-all listeners for what is sent. */
    public Socket offAnyOutgoing() {
        listeners.anyOutgoing.clear();
        return this;
    }

    /** The catch-all listeners for what is sent. */
    public List<AnyHandler> listenersAnyOutgoing() {
        return List.copyOf(listeners.anyOutgoing);
    }

    /**
     * The next event of this name that comes from now on. Cancel it when it is not wanted any more. It fails with a {@link
     * SocketDisconnectedException} when the client is closed.
     */
    public CompletableFuture<Arguments> next(String event) {
        return await(event);
    }

    private CompletableFuture<Arguments> await(String event) {
        CompletableFuture<Arguments> future = listeners.next(event);
        manager.run(LoopInbox.Command.of(core::awaitEvent, future));
        return future;
    }

    /**
     * Waits for the next event of this name that comes from now on. Safe on virtual threads and in listeners.
     *
     * @throws TimeoutException none came in time
     * @throws SocketDisconnectedException the client was closed
     * @throws IllegalStateException on an I/O thread
     */
    public Arguments awaitNext(String event, Duration timeout) throws InterruptedException, TimeoutException {
        environment.checkMayBlock();
        CompletableFuture<Arguments> future = await(event);
        try {
            return future.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof SocketIoException error) {
                throw error;
            }
            throw new IllegalStateException(e.getCause());
        } finally {
            future.cancel(false);
        }
    }

    @Override
    public String toString() {
        return "Socket[" + manager.uri() + namespace + (connected() ? " connected" : "") + "]";
    }
}
