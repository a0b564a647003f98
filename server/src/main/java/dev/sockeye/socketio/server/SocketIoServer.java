package dev.sockeye.socketio.server;

import dev.sockeye.engineio.EngineServer;
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
import dev.sockeye.socketio.server.internal.ServerFacade;
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
 * A Socket.IO server. Official counterpart: {@code Server} of {@code socket.io}. Thread-safe.
 *
 * <pre>{@code
 * SocketIoServer io = SocketIoServer.create();
 * io.onConnection(socket ->
 *     socket.on("chat message", String.class, message -> io.emit("chat message", message)));
 * io.listen(3000);
 * }</pre>
 *
 * <p>Implemented by Sockeye only.
 *
 * <p>States: new, running (after {@link #listen} or {@link #hostedEngine}), closed. A closed server can be started
 * again.
 */
public interface SocketIoServer extends BroadcastTarget, AutoCloseable {

    /** Creates a server with default options. */
    static SocketIoServer create() {
        return create(SocketIoServerOptions.defaults());
    }

    /** Creates a server. */
    static SocketIoServer create(SocketIoServerOptions options) {
        return ServerFacade.create(options);
    }

    /** The options. */
    SocketIoServerOptions options();

    /** The path that is served, without a trailing slash. {@code io.path()}. */
    String path();

    /** The namespace {@code /}. {@code io.sockets}. */
    Namespace sockets();

    /**
     * Returns a namespace, which is created if it does not exist; a missing leading slash is added. {@code
     * io.of(name)}.
     */
    Namespace of(String name);

    /** Returns a namespace and adds a handler for its new sockets. {@code io.of(name, fn)}. */
    Namespace of(String name, SocketHandler handler);

    /** Returns the parent of all namespaces whose names contain a match of the pattern. {@code io.of(/regex/)}. */
    ParentNamespace of(Pattern pattern);

    /** Same as {@link #of(Pattern)}, with a handler for new sockets. */
    ParentNamespace of(Pattern pattern, SocketHandler handler);

    /** Returns the parent of all namespaces that the predicate accepts. {@code io.of((name, auth, next) => {})}. */
    ParentNamespace of(NamespacePredicate predicate);

    /** Same as {@link #of(NamespacePredicate)}, with a handler for new sockets. */
    ParentNamespace of(NamespacePredicate predicate, SocketHandler handler);

    /** Adds a handler for new sockets of {@code /}. {@code io.on("connection", fn)}. */
    Registration onConnection(SocketHandler handler);

    /**
     * Adds a listener for new namespaces, called on the thread that creates the namespace. {@code
     * io.on("new_namespace", fn)}.
     */
    Registration onNewNamespace(NamespaceListener listener);

    /** Adds a middleware to {@code /}. {@code io.use(fn)}. */
    Registration use(NamespaceMiddleware middleware);

    /** Adds a listener for exceptions thrown by handlers. */
    Registration onHandlerError(HandlerErrorListener listener);

    /** Adds a listener for acknowledgements of single sockets. Nothing is measured unless there is a listener. */
    Registration onAck(AckListener listener);

    /**
     * Adds a listener for events and connections that exceed the {@linkplain SocketIoServerOptions#rateLimits() rate
     * limits}.
     */
    Registration onRateLimited(RateLimitListener listener);

    /**
     * Listens on a port on all network interfaces, with the host that is found on the class path or module path. Blocks
     * until the port is bound.
     *
     * @param port the port; 0 for any free port
     * @throws IOException if the port cannot be bound
     * @throws IllegalStateException if no host was found, or the server is already listening
     */
    SocketIoServer listen(int port) throws IOException;

    /** Same as {@link #listen(int)}, on the given address. */
    SocketIoServer listen(InetSocketAddress address) throws IOException;

    /** Same as {@link #listen(int)}, on the given address with the given host. */
    SocketIoServer listen(InetSocketAddress address, EngineHostProvider provider) throws IOException;

    /**
     * The address that the server listens on.
     *
     * @throws IllegalStateException if the server is not listening
     */
    InetSocketAddress address();

    /** The port that the server listens on; see {@link #address()}. */
    int port();

    /**
     * Returns the engine for use by an existing host; starts the server if it is not running. {@code
     * io.attach(httpServer)}.
     */
    HostedEngine hostedEngine();

    /** The Engine.IO server. {@code io.engine}. */
    EngineServer engine();

    /**
     * Closes the server like {@link #closeAsync()} and waits. Returns one second after twice {@link
     * SocketIoServerOptions#closeTimeout()} at the latest, or when the thread is interrupted. A failure is logged.
     * Blocks; do not call it in a handler. {@code io.close()}.
     */
    @Override
    void close();

    /**
     * Closes the server: sockets disconnect with {@link DisconnectReason#SERVER_SHUTTING_DOWN}, queued packets are
     * written, connections and adapters are closed, and the port is released. Each step takes at most {@link
     * SocketIoServerOptions#closeTimeout()}, and all steps together at most twice that. A step that fails or takes too
     * long does not prevent the following ones. Idempotent. {@code io.close()}.
     *
     * @return completes when the server is closed; the caller may cancel or complete it without any effect on the
     *     server. This method never throws
     */
    CompletableFuture<Void> closeAsync();

    /**
     * Takes the server out of service gradually, so that its clients reconnect to other servers, then closes it like
     * {@link #closeAsync()}. No official counterpart.
     *
     * <ul>
     *   <li>From now on new sessions are refused with status 503 and {@code Retry-After}. Requests of open sessions are
     *     still served.
     *   <li>The clients are disconnected one after the other, spread over the first four fifths of the time, each at a random moment within its own
     *       share. A client is disconnected after the handlers of its packets have run and the acknowledgements that
     *       the server is waiting for have arrived. Its sockets leave with {@link
     *       DisconnectReason#SERVER_SHUTTING_DOWN}; the connection is closed without a DISCONNECT packet, so that an
     *       official client reports "transport close" and reconnects automatically. With connection state recovery
     *       across servers, its session is recovered.
     *   <li>The server is closed as soon as no client is left and no handler is running, at the latest when the time is
     *     up; the remaining clients are then disconnected immediately.
     * </ul>
     *
     * <p>A second call waits for the same drain, and its time has no effect. {@link #close()} during a drain closes the
     * server immediately. If the server is not running, it is closed.
     *
     * @param time the maximum duration of the drain, not including the final close; zero disconnects all clients at
     *     once. Durations of more than a year are reduced to one year
     * @return completes when the server is closed; the caller may cancel or complete it without any effect on the
     *     server
     * @throws IllegalArgumentException if the time is negative
     */
    CompletableFuture<Void> drain(Duration time);

    /** Whether {@link #drain} was called and the server is not closed yet. Readiness probes should then fail. */
    boolean draining();

    /**
     * Waits, after {@link #close()}, until the threads that the server has started for handlers and timers have ended,
     * for applications whose classes will be unloaded. Hosts in servlet containers call this. Blocks; do not call it in
     * a handler.
     *
     * @return whether the threads have ended within the limit; false while the server or a handler is running
     */
    boolean awaitTermination(Duration limit) throws InterruptedException;

    /** Same as {@link Namespace#serverSideEmit(String, Object...)} on {@code /}. */
    void serverSideEmit(String event, @Nullable Object... args);

    /** Same as {@link Namespace#serverSideEmitWithAck(String, Object...)} on {@code /}. */
    CompletableFuture<List<Arguments>> serverSideEmitWithAck(String event, @Nullable Object... args);

    /** Same as {@link Namespace#serverSideEmit(Event, Object)} on {@code /}. */
    <T> void serverSideEmit(Event<T> event, T value);

    /** Same as {@link Namespace#serverSideEmitWithAck(Request, Object)} on {@code /}. */
    <Q, A> CompletableFuture<List<A>> serverSideEmitWithAck(Request<Q, A> request, Q question);

    /** Same as {@link Namespace#onServerSideEvent(String, RawHandler)} on {@code /}. */
    Registration onServerSideEvent(String event, RawHandler handler);

    /** Same as {@link Namespace#onServerSideEvent(Event, EventHandler)} on {@code /}. */
    <T> Registration onServerSideEvent(Event<T> event, EventHandler<T> handler);

    /** Same as {@link Namespace#onServerSideEvent(Event, AckEventHandler)} on {@code /}. */
    <T> Registration onServerSideEvent(Event<T> event, AckEventHandler<T> handler);

    /** Same as {@link Namespace#onServerSideRequest} on {@code /}. */
    <Q, A> Registration onServerSideRequest(Request<Q, A> request, RequestHandler<Q, ? extends A> handler);

    /**
     * The executor of handlers, for tools that call listeners of the application. Tasks run in no defined order and are
     * never rejected. If handlers run on the event loop, and while the server is not running, a task runs on the
     * calling thread. No official counterpart.
     */
    Executor handlerExecutor();

    /** A snapshot of the existing namespaces by name, without the parents of dynamic namespaces. */
    Map<String, Namespace> namespaces();
}
