package dev.sockeye.socketio.server;

import dev.sockeye.socketio.AckEventHandler;
import dev.sockeye.socketio.Event;
import dev.sockeye.socketio.EventHandler;
import dev.sockeye.socketio.RawHandler;
import dev.sockeye.socketio.Registration;
import dev.sockeye.socketio.Request;
import dev.sockeye.socketio.RequestHandler;
import dev.sockeye.socketio.adapter.Adapter;
import dev.sockeye.socketio.protocol.Arguments;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A namespace with its own sockets, rooms, handlers and middlewares. Official counterpart: {@code Namespace}.
 * Thread-safe.
 *
 * <p>Implemented by Sockeye only.
 */
public interface Namespace extends BroadcastTarget {

    /** The name, with its leading slash. {@code nsp.name}. */
    String name();

    /** A live view of the connected sockets of this server, by id. {@code nsp.sockets}. */
    Map<String, Socket> sockets();

    /**
     * The connected socket of this server with this id; {@code null} if there is none. {@code nsp.sockets.get(id)}.
     * {@link #fetchSockets} finds sockets on other servers.
     */
    @Nullable
    Socket socket(String id);

    /** The adapter. {@code nsp.adapter}. */
    Adapter adapter();

    /** The server. {@code nsp.server}. */
    SocketIoServer server();

    /**
     * Adds a middleware. Middlewares run in the order of registration for each client that wants to connect. {@code
     * nsp.use(fn)}.
     */
    Registration use(NamespaceMiddleware middleware);

    /** Adds a handler for new sockets. {@code nsp.on("connection", fn)}. */
    Registration onConnection(SocketHandler handler);

    /**
     * Adds a handler for new sockets that is called before all others: for tools that observe what the handlers of the
     * application do. {@code nsp.prependListener("connection", fn)}.
     */
    Registration prependConnection(SocketHandler handler);

    /** Removes a handler for new sockets. {@code nsp.off("connection", fn)}. */
    void offConnection(SocketHandler handler);

    /**
     * Sends an event to the other servers of the cluster. {@code nsp.serverSideEmit(event, ...args)}.
     *
     * @throws IllegalArgumentException if the name is reserved
     */
    void serverSideEmit(String event, @Nullable Object... args);

    /** Sends a typed event to the other servers of the cluster. */
    <T> void serverSideEmit(Event<T> event, T value);

    /** Sends an event to the other servers and collects one answer from each. {@code nsp.serverSideEmitWithAck}. */
    CompletableFuture<List<Arguments>> serverSideEmitWithAck(String event, @Nullable Object... args);

    /**
     * Sends a request to the other servers and collects one answer from each; fails in the same cases as {@link
     * #emitWithAck(Request, Object)}.
     */
    <Q, A> CompletableFuture<List<A>> serverSideEmitWithAck(Request<Q, A> request, Q question);

    /**
     * Handles an event of other servers. The handler is called on the handler executor; its exceptions are logged.
     * {@code nsp.on(event, fn)}.
     *
     * @throws IllegalArgumentException if the name is reserved
     */
    Registration onServerSideEvent(String event, RawHandler handler);

    /** Handles a typed event of other servers. */
    <T> Registration onServerSideEvent(Event<T> event, EventHandler<T> handler);

    /** Handles a typed event of other servers and answers it. */
    <T> Registration onServerSideEvent(Event<T> event, AckEventHandler<T> handler);

    /**
     * Handles a request of other servers by returning the answer. If the handler returns a {@code CompletionStage}, its
     * result is the answer.
     */
    <Q, A> Registration onServerSideRequest(Request<Q, A> request, RequestHandler<Q, ? extends A> handler);
}
