package dev.sockeye.socketio.client;

import dev.sockeye.socketio.AnyListener;
import dev.sockeye.socketio.ConnectErrorException;
import dev.sockeye.socketio.ErrorListener;
import dev.sockeye.socketio.EventReceiver;
import dev.sockeye.socketio.EventSender;
import dev.sockeye.socketio.NoArgumentHandler;
import dev.sockeye.socketio.RawHandler;
import dev.sockeye.socketio.Registration;
import dev.sockeye.socketio.Request;
import dev.sockeye.socketio.SocketIoException;
import dev.sockeye.socketio.UnknownEventHandler;
import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.protocol.BindingException;
import dev.sockeye.socketio.protocol.ReservedEvents;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A client in one namespace. States: disconnected, connecting, connected; a lost connection is reopened automatically. Any thread.
 * Methods do not block unless documented otherwise; they take effect in the order of the calls. Handlers and listeners run
 * off the I/O threads, one at a time and in order; they may block, may throw and may call anything here. Futures complete on other
 * threads than those of handlers, so that a handler may wait for them. Official counterpart: {@code Socket}.
 */
public final class Socket implements EventReceiver, EventSender {
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
        AtomicBoolean begun = new AtomicBoolean();
        try {
            environment.completions().execute(() -> {
                begun.set(true);
                task.run();
            });
        } catch (RuntimeException | Error e) {
            if (begun.get()) {
                throw e; // of the task: the executor runs tasks in the calling thread
            }
            task.run(); // the client is closed, or no thread can be started; better here than never
        }
    }

    /** The manager. Official counterpart: {@code socket.io}. */
    public Manager io() {
        return manager;
    }

    /** The name of the namespace, with its leading slash. */
    public String namespaceName() {
        return namespace;
    }

    /** The public id that the server assigned; {@code null} when not connected. */
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
     * Whether the socket is connected, or connects or reconnects automatically. {@code false} after {@link #disconnect()}, and when
     * the server refused or disconnected it: then {@link #connect()} is needed. Official counterpart: {@code socket.active}.
     */
    public boolean active() {
        return core.active();
    }

    /** Whether the last connect recovered the previous connection: same id, same rooms, and the missed events. */
    public boolean recovered() {
        return core.recoveryStatus == RecoveryStatus.RECOVERED;
    }

    /** Whether the last connect recovered the previous connection, and the reason if it did not. */
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

    /** Leaves the namespace, and closes the connection if no other socket uses it. The socket does not reconnect automatically. */
    public Socket disconnect() {
        manager.run(core::disconnect);
        return this;
    }

    /**
     * Connects and waits. If the connection cannot be opened, it is tried again as configured. Safe on virtual threads
     * and in listeners.
     *
     * @throws ConnectErrorException if the server refused, all attempts failed, or the time is over; message and cause
     *     give the reason
     * @throws IllegalStateException on an I/O thread
     */
    public Socket connectBlocking(Duration timeout) throws InterruptedException {
        environment.checkMayBlock();
        CompletableFuture<Void> waiter = new CompletableFuture<>();
        connect();
        manager.run(LoopInbox.Command.of(() -> core.awaitConnect(waiter), waiter));
        try {
            waiter.get(Millis.of(timeout), TimeUnit.MILLISECONDS);
            return this;
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            if (cause instanceof ConnectErrorException error) {
                throw new ConnectErrorException(error.getMessage(), error.data(), error.refused(), error);
            }
            throw new ConnectErrorException(cause == null ? null : cause.getMessage(), null, false, cause);
        } catch (TimeoutException e) {
            SocketIoException last = core.lastError;
            String reason = last == null ? "" : ": " + last.getMessage();
            throw new ConnectErrorException("not connected within " + timeout + reason, null, false, last);
        } finally {
            if (!waiter.isDone()) { // too late, or interrupted
                manager.run(() -> core.stopWaiting(waiter));
            }
        }
    }

    // ---- emitting

    /**
     * Sends an event. While the socket is not connected, the event waits in the send buffer.
     *
     * @throws IllegalArgumentException the name is reserved
     * @throws BindingException an argument cannot be encoded
     * @throws dev.sockeye.socketio.PacketTooLargeException the server would not accept it; the connection stays open
     * @throws dev.sockeye.socketio.SendBufferFullException too many events wait already
     * @throws IllegalStateException the client is closed
     */
    @Override
    public void emit(String event, @Nullable Object... args) {
        emit(Emission.Flags.NONE, event, Arguments.of(args), null);
    }

    /** As {@link #emit(String, Object...)}; the answer is passed to a callback, in order with the handlers. */
    public void emit(String event, Arguments args, AckCallback ack) {
        emit(Emission.Flags.NONE, event, args, inMailbox(ack));
    }

    /**
     * Sends an event and returns the server's answer. The future fails with a {@link SocketIoException}: {@link
     * dev.sockeye.socketio.AckTimeoutException} when a timeout was set, {@link dev.sockeye.socketio.SocketDisconnectedException}
     * when the connection was lost after sending or the client was closed. When the application ends the future, with {@code cancel} or {@code orTimeout}, the event is not
     * sent if it still waits to be sent, and a later answer is ignored. Throws as {@link #emit(String, Object...)}.
     */
    @Override
    public CompletableFuture<Arguments> emitWithAck(String event, @Nullable Object... args) {
        return emitWithAck(Emission.Flags.NONE, event, Arguments.of(args));
    }

    /**
     * Sends an event and waits for the server's answer. Safe on virtual threads and in handlers.
     *
     * @throws SocketIoException as {@link #emitWithAck(String, Object...)}
     * @throws IllegalStateException on an I/O thread
     */
    public Arguments call(String event, Duration timeout, @Nullable Object... args) throws InterruptedException {
        environment.checkMayBlock();
        CompletableFuture<Arguments> answer = new CompletableFuture<>();
        Emission.Flags flags = new Emission.Flags(false, true, Millis.of(timeout));
        emit(flags, event, Arguments.of(args), (error, values) -> {
            if (error != null) {
                answer.completeExceptionally(error);
            } else {
                answer.complete(values);
            }
        });
        return await(answer);
    }

    /**
     * As {@link #call(String, Duration, Object...)}, typed.
     *
     * @throws dev.sockeye.socketio.AckErrorException the answer is {@code {"error": ...}}
     * @throws BindingException the answer is missing or does not fit the type
     */
    public <Q, A> A call(Request<Q, A> request, Duration timeout, Q question) throws InterruptedException {
        return request.answer(call(request.name(), timeout, question));
    }

    private static <T> T await(CompletableFuture<T> answer) throws InterruptedException {
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
     * Drops the events that were emitted before and are not sent yet, usually because the socket is not connected; their
     * acknowledgements fail with a {@link dev.sockeye.socketio.SocketDisconnectedException}. Official counterpart: {@code
     * socket.sendBuffer = []}.
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

    /** The next event is dropped if it cannot be sent immediately. Official counterpart: {@code socket.volatile}. */
    public SocketEmitter asVolatile() {
        return new SocketEmitter(this, Emission.Flags.NONE).asVolatile();
    }

    /** Whether the next event may be compressed, if compression was negotiated. Default true. */
    public SocketEmitter compress(boolean on) {
        return new SocketEmitter(this, Emission.Flags.NONE).compress(on);
    }

    void emit(Emission.Flags flags, String event, Arguments args, Emission.@Nullable Answer answer) {
        ReservedEvents.check(event);
        core.outbox().emit(flags, event, args, answer);
    }

    CompletableFuture<Arguments> emitWithAck(Emission.Flags flags, String event, Arguments args) {
        AckFuture future = new AckFuture(this);
        emit(flags, event, args, future);
        return future;
    }

    /** The application no longer waits for an answer. */
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

    // ---- handlers and listeners

    @Override
    public Registration on(String event, RawHandler handler) {
        return listeners.handlers.add(ReservedEvents.check(event), handler, false, false);
    }

    @Override
    public Registration once(String event, RawHandler handler) {
        return listeners.handlers.add(ReservedEvents.check(event), handler, true, false);
    }

    @Override
    public Registration prepend(String event, RawHandler handler) {
        return listeners.handlers.add(ReservedEvents.check(event), handler, false, true);
    }

    @Override
    public Registration onUnknownEvent(UnknownEventHandler handler) {
        return listeners.unknown.add(handler);
    }

    @Override
    public void off(String event) {
        listeners.handlers.remove(event);
    }

    @Override
    public void off(String event, Object handler) {
        listeners.handlers.remove(event, handler);
    }

    @Override
    public void removeAllListeners() {
        listeners.handlers.clear();
    }

    @Override
    public Set<String> eventNames() {
        return listeners.handlers.names();
    }

    @Override
    public List<Object> listeners(String event) {
        return listeners.handlers.of(event);
    }

    /**
     * Adds a listener that is called when the socket is connected, for the first time or again. It runs slightly later: {@link
     * #id()} returns the current id, and {@code null} if the connection is already lost; {@link #onConnect(ConnectHandler)}
     * receives the id of that connect. Official counterpart: {@code connect}.
     */
    public Registration onConnect(NoArgumentHandler handler) {
        return onConnect((id, recovered) -> handler.handle());
    }

    /** As {@link #onConnect(NoArgumentHandler)}; the listener receives the id, and whether the connection was recovered. */
    public Registration onConnect(ConnectHandler handler) {
        return listeners.connects.add(handler);
    }

    /** As {@link #onConnect(NoArgumentHandler)}, called once. */
    public Registration onceConnect(NoArgumentHandler handler) {
        return onceConnect((id, recovered) -> handler.handle());
    }

    /** As {@link #onConnect(ConnectHandler)}, called once. */
    public Registration onceConnect(ConnectHandler handler) {
        return listeners.connects.add(handler, true);
    }

    /** Adds a listener that is called when the socket could not connect. Official counterpart: {@code connect_error}. */
    public Registration onConnectError(ConnectErrorListener listener) {
        return listeners.connectErrors.add(listener);
    }

    /** Adds a listener that is called when the socket was disconnected. Official counterpart: {@code disconnect}. */
    public Registration onDisconnect(DisconnectHandler handler) {
        return listeners.disconnects.add(handler);
    }

    /** As {@link #onDisconnect}, called once. */
    public Registration onceDisconnect(DisconnectHandler handler) {
        return listeners.disconnects.add(handler, true);
    }

    /** Adds a listener that is called when a handler failed, a payload did not match its type, or a buffered event could not be sent. All
     * errors are also logged. */
    @Override
    public Registration onError(ErrorListener listener) {
        return listeners.errors.add(listener);
    }

    @Override
    public Registration onAny(AnyListener listener) {
        return listeners.any.add(listener);
    }

    @Override
    public Registration prependAny(AnyListener listener) {
        return listeners.any.prepend(listener);
    }

    @Override
    public void offAny(AnyListener listener) {
        listeners.any.remove(listener);
    }

    @Override
    public void offAny() {
        listeners.any.clear();
    }

    @Override
    public List<AnyListener> listenersAny() {
        return listeners.any.listeners();
    }

    /** Adds a listener that is called for all sent events, in order with the handlers. Acknowledgements are not included. */
    @Override
    public Registration onAnyOutgoing(AnyListener listener) {
        return listeners.anyOutgoing.add(listener);
    }

    @Override
    public Registration prependAnyOutgoing(AnyListener listener) {
        return listeners.anyOutgoing.prepend(listener);
    }

    @Override
    public void offAnyOutgoing(AnyListener listener) {
        listeners.anyOutgoing.remove(listener);
    }

    @Override
    public void offAnyOutgoing() {
        listeners.anyOutgoing.clear();
    }

    @Override
    public List<AnyListener> listenersAnyOutgoing() {
        return listeners.anyOutgoing.listeners();
    }

    /**
     * The next event of this name that arrives after this call. Cancel the future when it is no longer needed. It fails with a {@link
     * dev.sockeye.socketio.SocketDisconnectedException} when the client is closed.
     */
    public CompletableFuture<Arguments> next(String event) {
        return await(event);
    }

    private CompletableFuture<Arguments> await(String event) {
        // a manager that nobody waits for is released after a command
        CompletableFuture<Arguments> future = listeners.next(event, () -> manager.run(() -> {}));
        manager.run(LoopInbox.Command.of(core::awaitEvent, future));
        return future;
    }

    /**
     * Waits for the next event of this name that arrives after this call. Safe on virtual threads and in listeners.
     *
     * @throws TimeoutException none arrived in time
     * @throws dev.sockeye.socketio.SocketDisconnectedException the client was closed
     * @throws IllegalStateException on an I/O thread
     */
    public Arguments awaitNext(String event, Duration timeout) throws InterruptedException, TimeoutException {
        environment.checkMayBlock();
        CompletableFuture<Arguments> future = await(event);
        try {
            return future.get(Millis.of(timeout), TimeUnit.MILLISECONDS);
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
