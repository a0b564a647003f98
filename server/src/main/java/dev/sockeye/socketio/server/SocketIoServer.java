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
 * A Socket.IO server. Official counterpart: {@code Server} of {@code socket.io}. Any thread.
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
 * <p>States: new, running (after {@link #listen} or {@link #hostedEngine}), closed; from closed it can run again.
 */
public interface SocketIoServer extends BroadcastTarget, AutoCloseable {

    /** A server with all defaults. */
    static SocketIoServer create() {
        return create(SocketIoServerOptions.defaults());
    }

    /** A server. */
    static SocketIoServer create(SocketIoServerOptions options) {
        return ServerFacade.create(options);
    }

    /** The options. */
    SocketIoServerOptions options();

    /** The path that is served, without slash at its end. {@code io.path()}. */
    String path();

    /** The namespace {@code /}. {@code io.sockets}. */
    Namespace sockets();

    /** A namespace, made when it is not there yet; a missing leading slash is added. {@code io.of(name)}. */
    Namespace of(String name);

    /** A namespace and a handler of its sockets. {@code io.of(name, fn)}. */
    Namespace of(String name, SocketHandler handler);

    /** All namespaces whose names the pattern is found in. {@code io.of(/regex/)}. */
    ParentNamespace of(Pattern pattern);

    /** As {@link #of(Pattern)}, with a handler. */
    ParentNamespace of(Pattern pattern, SocketHandler handler);

    /** All namespaces that the predicate accepts. {@code io.of((name, auth, next) => {})}. */
    ParentNamespace of(NamespacePredicate predicate);

    /** As {@link #of(NamespacePredicate)}, with a handler. */
    ParentNamespace of(NamespacePredicate predicate, SocketHandler handler);

    /** Adds a handler of the sockets of {@code /}. {@code io.on("connection", fn)}. */
    Registration onConnection(SocketHandler handler);

    /** Adds a listener of new namespaces, called by the thread that creates one. {@code io.on("new_namespace", fn)}. */
    Registration onNewNamespace(NamespaceListener listener);

    /** Adds a middleware of {@code /}. {@code io.use(fn)}. */
    Registration use(NamespaceMiddleware middleware);

    /** Adds a listener of the exceptions that handlers throw. */
    Registration onHandlerError(HandlerErrorListener listener);

    /** Adds a listener of the acknowledgements of single sockets; without one nothing is measured. */
    Registration onAck(AckListener listener);

    /** Adds a listener of events and connections that exceed the {@linkplain SocketIoServerOptions#rateLimits() limits}. */
    Registration onRateLimited(RateLimitListener listener);

    /**
     * Listens on a port of all addresses, with the host that is found on the class or module path. Blocks until it is bound.
     *
     * @param port 0 for any free one
     * @throws IOException the port cannot be bound
     * @throws IllegalStateException no host was found, or the server listens already
     */
    SocketIoServer listen(int port) throws IOException;

    /** As {@link #listen(int)}, on an address. */
    SocketIoServer listen(InetSocketAddress address) throws IOException;

    /** As {@link #listen(int)}, on an address with this host. */
    SocketIoServer listen(InetSocketAddress address, EngineHostProvider provider) throws IOException;

    /**
     * The address that it listens on.
     *
     * @throws IllegalStateException it does not listen
     */
    InetSocketAddress address();

    /** The port that it listens on; as {@link #address()}. */
    int port();

    /** What an existing host calls; starts the server if it does not run. {@code io.attach(httpServer)}. */
    HostedEngine hostedEngine();

    /** The engine. {@code io.engine}. */
    EngineServer engine();

    /**
     * Closes and waits. As {@link #closeAsync()}; returns after six times {@link SocketIoServerOptions#closeTimeout()} at the latest,
     * or when the thread is interrupted. A failure is logged. Blocks: not for a handler. {@code io.close()}.
     */
    @Override
    void close();

    /**
     * Closes: each socket disconnects with {@link DisconnectReason#SERVER_SHUTTING_DOWN}, what is queued is written, the connections
     * and the adapters are closed and the port is free. Each of these steps takes {@link SocketIoServerOptions#closeTimeout()} at
     * most. Closing a closed server does nothing; one that is being closed is closed once. {@code io.close()}.
     *
     * @return completes when all that is done; a future of the caller's own. Never throws
     */
    CompletableFuture<Void> closeAsync();

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
    CompletableFuture<Void> drain(Duration time);

    /** Whether {@link #drain} was called and the server is not closed yet: a readiness probe should fail then. */
    boolean draining();

    /**
     * Waits, after {@link #close()}, until the threads that the server made for handlers and timers have ended too: for an
     * application whose classes are to be unloaded. Hosts in servlet containers do so. Blocks; not for a handler.
     *
     * @return whether they have ended within the limit; false while the server runs, or a handler does
     */
    boolean awaitTermination(Duration limit) throws InterruptedException;

    /** As {@link Namespace#serverSideEmit(String, Object...)}. */
    void serverSideEmit(String event, @Nullable Object... args);

    /** As {@link Namespace#serverSideEmitWithAck(String, Object...)}. */
    CompletableFuture<List<Arguments>> serverSideEmitWithAck(String event, @Nullable Object... args);

    /** As {@link Namespace#serverSideEmit(Event, Object)}. */
    <T> void serverSideEmit(Event<T> event, T value);

    /** As {@link Namespace#serverSideEmitWithAck(Request, Object)}. */
    <Q, A> CompletableFuture<List<A>> serverSideEmitWithAck(Request<Q, A> request, Q question);

    /** As {@link Namespace#onServerSideEvent(String, RawHandler)}. */
    Registration onServerSideEvent(String event, RawHandler handler);

    /** As {@link Namespace#onServerSideEvent(Event, EventHandler)}. */
    <T> Registration onServerSideEvent(Event<T> event, EventHandler<T> handler);

    /** As {@link Namespace#onServerSideEvent(Event, AckEventHandler)}. */
    <T> Registration onServerSideEvent(Event<T> event, AckEventHandler<T> handler);

    /** As {@link Namespace#onServerSideRequest}. */
    <Q, A> Registration onServerSideRequest(Request<Q, A> request, RequestHandler<Q, ? extends A> handler);

    /**
     * The executor of handlers, for tools that call listeners of the application: tasks run in no order. It never refuses one; when handlers run on
     * the event loop, and while the server does not run, a task runs in the calling thread. No official counterpart.
     */
    Executor handlerExecutor();

    /** The namespaces that exist, without the parents of dynamic ones, by name; a snapshot. */
    Map<String, Namespace> namespaces();
}
