package dev.sockeye.socketio.server;

import dev.sockeye.engineio.EngineSocket;
import dev.sockeye.engineio.host.HostRequest;
import dev.sockeye.socketio.AnyListener;
import dev.sockeye.socketio.DisconnectDetails;
import dev.sockeye.socketio.ErrorListener;
import dev.sockeye.socketio.EventReceiver;
import dev.sockeye.socketio.EventSender;
import dev.sockeye.socketio.Registration;
import dev.sockeye.socketio.Request;
import dev.sockeye.socketio.SocketDisconnectedException;
import dev.sockeye.socketio.SocketIoException;
import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.protocol.BindingException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One client in one namespace. Official counterpart: {@code Socket} of {@code socket.io}. Thread-safe.
 *
 * <p>Implemented by Sockeye only.
 *
 * <p>States: pending (in the middlewares), connected, disconnecting, disconnected. Its handlers run in the client's
 * mailbox, one at a time (see {@link HandlerExecution}). Events that are emitted after it has disconnected are dropped
 * silently, unless its client may be recovered ({@link ConnectionStateRecovery}): then they are kept. Acknowledgements
 * that are requested after it has disconnected fail.
 */
public interface Socket extends EventReceiver, EventSender {

    /** The event that is sent, and the disconnect reason, when {@link #expireAt} is reached. */
    String EXPIRED = "authentication expired";

    /** The public id of 20 characters; differs from the id of the session. {@code socket.id}. */
    String id();

    /** The namespace. {@code socket.nsp}. */
    Namespace namespace();

    /** The name of the namespace, with its leading slash. {@code socket.nsp.name}. */
    String namespaceName();

    /** The request that created it. {@code socket.handshake}. */
    Handshake handshake();

    /**
     * Data of the application, also visible to {@code fetchSockets}; a concurrent map, which does not allow {@code
     * null}. {@code socket.data}.
     */
    Map<String, Object> data();

    /** A snapshot of its rooms, including the room of its own id. {@code socket.rooms}. */
    Set<String> rooms();

    /**
     * Whether it is connected to its namespace: true after the middlewares, until it disconnects. {@code
     * socket.connected}.
     */
    boolean connected();

    /** The opposite of {@link #connected()}. {@code socket.disconnected}. */
    boolean disconnected();

    /** Whether its state was recovered. {@code socket.recovered}. */
    boolean recovered();

    /** The session that carries it. {@code socket.conn}. */
    EngineSocket conn();

    /** The client connection, which also has the sockets of the other namespaces. {@code socket.client}. */
    ClientConnection client();

    /** The first HTTP request of the session. {@code socket.request}. */
    HostRequest request();

    /**
     * Joins rooms. Does nothing after it has disconnected. {@code socket.join(room)}.
     *
     * @throws IllegalStateException if it would be in more than {@link SocketIoServerOptions#maxRoomsPerSocket()} rooms
     */
    void join(String... rooms);

    /** Leaves rooms. {@code socket.leave(room)}. */
    void leave(String... rooms);

    /**
     * Sends an event and requests an answer. Without {@link #timeout} it waits until the client disconnects.
     *
     * @return the answer; fails with {@link SocketDisconnectedException} if the client disconnects, and with an {@link
     *     IllegalStateException} if {@link SocketIoServerOptions#maxPendingAcks()} acknowledgements are pending.
     *     Completes on the handler executor, not in the mailbox, so that a handler may wait for it
     */
    @Override
    CompletableFuture<Arguments> emitWithAck(String event, @Nullable Object... args);

    /**
     * Sends an event and waits for the answer. Blocks. May be called by a handler, unless handlers run on the I/O
     * threads.
     *
     * @throws SocketIoException if {@link #emitWithAck(String, Object...)} fails, or after the timeout
     * @throws IllegalStateException if called on the I/O thread of this client
     */
    Arguments call(String event, Duration timeout, @Nullable Object... args) throws InterruptedException;

    /**
     * Sends a request and waits for the answer. Blocks, like {@link #call(String, Duration, Object...)}.
     *
     * @throws SocketIoException if {@link #emitWithAck(Request, Object)} fails, or after the timeout
     * @throws BindingException if the answer is missing or does not fit
     * @throws IllegalStateException if called on the I/O thread of this client
     */
    <Q, A> A call(Request<Q, A> request, Duration timeout, Q question) throws InterruptedException;

    /** Returns an emitter with a timeout for acknowledgements. {@code socket.timeout(ms)}. */
    SocketEmitter timeout(Duration timeout);

    /**
     * Returns an emitter whose events are dropped if the client cannot be written to immediately. {@code
     * socket.volatile}.
     */
    SocketEmitter asVolatile();

    /** Returns an emitter whose events may be compressed by the transport, or not. {@code socket.compress(false)}. */
    SocketEmitter compress(boolean compress);

    /**
     * Returns an emitter whose events replace older ones with the same key: if an event with this key is still queued because the client
     * is slow, the older event is not sent. For values of which only the newest matters, such as {@code latest("price:X")}. Such an event
     * cannot request an acknowledgement. Sockeye's own.
     *
     * @param key the key, for this socket; events with other keys or without a key are not affected
     */
    SocketEmitter latest(String key);

    /** All other sockets of the namespace. {@code socket.broadcast}. */
    BroadcastOperator broadcast();

    /** Selects the other sockets in any of these rooms. {@code socket.to(room)}. */
    BroadcastOperator to(String... rooms);

    /** The same as {@link #to}. {@code socket.in(room)}. */
    BroadcastOperator in(String... rooms);

    /** Selects the other sockets, except those in these rooms. {@code socket.except(room)}. */
    BroadcastOperator except(String... rooms);

    /** Selects the other sockets of this server. {@code socket.local}. */
    BroadcastOperator local();

    /** Leaves the namespace and notifies the client. {@code socket.disconnect()}. */
    Socket disconnect();

    /**
     * Leaves the namespace. If {@code close} is true, all sockets of the connection leave and the connection is closed.
     */
    Socket disconnect(boolean close);

    /**
     * Leaves the namespace for a reason given by the application. The client receives the event {@value
     * DisconnectDetails#REASON_EVENT} with <code>{"reason": "…"}</code> before the DISCONNECT packet; Sockeye's client
     * provides the reason as the description of the disconnect details. Handlers on this server get it as the
     * description, too, with {@link DisconnectReason#SERVER_NAMESPACE_DISCONNECT}. No official counterpart.
     *
     * @param reason the reason, which is sent to the client; empty for none
     */
    Socket disconnect(String reason);

    /**
     * Same as {@link #disconnect(String)}. If {@code close} is true, all sockets of the connection leave with this
     * reason and the connection is closed.
     */
    Socket disconnect(String reason, boolean close);

    /**
     * Disconnects this socket at the given time, for example when a token expires. The client receives the event {@link
     * #EXPIRED}, and the socket leaves with the reason {@link #EXPIRED}, as with {@link #disconnect(String)}. Another
     * call before that time replaces it, so that a handler can keep the client connected when it sends a fresh token.
     * May be called from any thread, also in a middleware; a socket that expires in a middleware is disconnected as
     * soon as it has joined. A running handler does not delay the disconnection. The expiry is not recovered by
     * connection state recovery; set it again. No official counterpart.
     *
     * @param end the time, compared with {@link ServerTimer#now()}; a time in the past disconnects immediately; {@code
     *     null} (the default) for no expiry
     */
    void expireAt(@Nullable Instant end);

    /** The time set by {@link #expireAt}; {@code null} if there is none. */
    @Nullable
    Instant expiresAt();

    /**
     * Adds a listener of all outgoing events. It is called on the thread that emits, also for broadcasts, and must not
     * block. {@code socket.onAnyOutgoing(fn)}.
     */
    @Override
    Registration onAnyOutgoing(AnyListener listener);

    /** Adds a middleware for incoming events. {@code socket.use(fn)}. */
    Registration use(SocketMiddleware middleware);

    /**
     * Adds a handler that is called when the socket is about to disconnect and is still in its rooms. {@code
     * socket.on("disconnecting", fn)}.
     */
    Registration onDisconnecting(DisconnectHandler handler);

    /**
     * Adds a handler that is called after the socket has disconnected. No other handler is called after it. {@code
     * socket.on("disconnect", fn)}.
     */
    Registration onDisconnect(DisconnectHandler handler);

    /**
     * Adds a listener for errors: a malformed packet ({@link dev.sockeye.socketio.protocol.DecodeException}, whose
     * description shows its beginning; the connection is then closed), the refusal of an event by a middleware, and a
     * payload that does not fit the type of a handler ({@link BindingException}). {@code socket.on("error", fn)}.
     */
    @Override
    Registration onError(ErrorListener listener);

    /**
     * Adds a handler that is called once, in the mailbox, when all queued data of the client has been written; if
     * nothing is queued, it is called soon.
     */
    Registration onWritable(Runnable handler);

    /** The number of bytes that are queued for the client and have not been passed to the operating system yet. */
    long bufferedBytes();

    /** Whether an event emitted now would be written immediately. */
    boolean writable();
}
