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
 * One client in one namespace. Official counterpart: {@code Socket} of {@code socket.io}. Any thread.
 *
 * <p>Implemented by Sockeye only.
 *
 * <p>States: pending (in the middlewares), connected, disconnecting, disconnected. Its handlers run in the client's mailbox, one at a
 * time (see {@link HandlerExecution}). Events that are emitted after it has disconnected are dropped silently, unless its client may return
 * ({@link ConnectionStateRecovery}): then they are kept. Acknowledgements that are requested after it has disconnected fail.
 */
public interface Socket extends EventReceiver, EventSender {

    /** The event and the reason when {@link #expireAt} is reached. */
    String EXPIRED = "authentication expired";

    /** The public id: 20 characters; not the id of the session. {@code socket.id}. */
    String id();

    /** The namespace. {@code socket.nsp}. */
    Namespace namespace();

    /** The name of the namespace, with its leading slash. {@code socket.nsp.name}. */
    String namespaceName();

    /** The request that created it. {@code socket.handshake}. */
    Handshake handshake();

    /** Data of the application, also visible to {@code fetchSockets}; a concurrent map, which takes no {@code null}. {@code socket.data}. */
    Map<String, Object> data();

    /** Its rooms, including the room of its own id; a snapshot. {@code socket.rooms}. */
    Set<String> rooms();

    /** Whether it is in its namespace: after the middlewares, until it leaves. {@code socket.connected}. */
    boolean connected();

    /** The opposite of {@link #connected()}. {@code socket.disconnected}. */
    boolean disconnected();

    /** Whether its state was recovered. {@code socket.recovered}. */
    boolean recovered();

    /** The session that carries it. {@code socket.conn}. */
    EngineSocket conn();

    /** The connection with its sockets of other namespaces. {@code socket.client}. */
    ClientConnection client();

    /** The first HTTP request of the session. {@code socket.request}. */
    HostRequest request();

    /**
     * Joins rooms. Does nothing once it has left. {@code socket.join(room)}.
     *
     * @throws IllegalStateException it would be in more than {@link SocketIoServerOptions#maxRoomsPerSocket()} rooms
     */
    void join(String... rooms);

    /** Leaves rooms. {@code socket.leave(room)}. */
    void leave(String... rooms);

    /**
     * Sends an event and asks for an answer. Without {@link #timeout} it waits until the client has disconnected.
     *
     * @return the answer; fails with {@link SocketDisconnectedException} when the client disconnects, and with an {@link
     *     IllegalStateException} when {@link SocketIoServerOptions#maxPendingAcks()} are pending. Completes on the handler
     *     executor, not in the mailbox: a handler may wait for it
     */
    @Override
    CompletableFuture<Arguments> emitWithAck(String event, @Nullable Object... args);

    /**
     * Sends an event and waits for the answer. Blocks; a handler may call it, unless handlers run on the I/O threads.
     *
     * @throws SocketIoException as {@link #emitWithAck(String, Object...)} fails, or after the timeout
     * @throws IllegalStateException on the I/O thread of this client
     */
    Arguments call(String event, Duration timeout, @Nullable Object... args) throws InterruptedException;

    /**
     * Sends a request and waits for the answer. Blocks, as {@link #call(String, Duration, Object...)}.
     *
     * @throws SocketIoException as {@link #emitWithAck(Request, Object)} fails, or after the timeout
     * @throws BindingException the answer is missing or does not fit
     * @throws IllegalStateException on the I/O thread of this client
     */
    <Q, A> A call(Request<Q, A> request, Duration timeout, Q question) throws InterruptedException;

    /** With a timeout for acknowledgements. {@code socket.timeout(ms)}. */
    SocketEmitter timeout(Duration timeout);

    /** Events that are emitted through the result are dropped when the client is not ready. {@code socket.volatile}. */
    SocketEmitter asVolatile();

    /** Whether the transport may compress. {@code socket.compress(false)}. */
    SocketEmitter compress(boolean compress);

    /**
     * Events that replace older ones: while an event with this key still waits because the client is slow, a newer one takes its place, and
     * the older one is not sent. For what only counts in its newest state, such as {@code latest("price:X")}. Such an event cannot ask
     * for an acknowledgement. Sockeye's own.
     *
     * @param key of this socket; other keys and other events are not touched
     */
    SocketEmitter latest(String key);

    /** All other sockets of the namespace. {@code socket.broadcast}. */
    BroadcastOperator broadcast();

    /** The other sockets in rooms. {@code socket.to(room)}. */
    BroadcastOperator to(String... rooms);

    /** The same as {@link #to}. {@code socket.in(room)}. */
    BroadcastOperator in(String... rooms);

    /** The other sockets, without those in rooms. {@code socket.except(room)}. */
    BroadcastOperator except(String... rooms);

    /** The other sockets of this server. {@code socket.local}. */
    BroadcastOperator local();

    /** Leaves the namespace and notifies the client. {@code socket.disconnect()}. */
    Socket disconnect();

    /** Leaves the namespace; with {@code close} all sockets of the connection leave and it is closed. */
    Socket disconnect(boolean close);

    /**
     * Leaves the namespace for a reason of the application's own. The client gets the event {@value
     * DisconnectDetails#REASON_EVENT} with <code>{"reason": "…"}</code> before the DISCONNECT packet; the
     * client of Sockeye has the reason as the description of its details. It is also the description that {@link
     * DisconnectHandler} gets here, with {@link DisconnectReason#SERVER_NAMESPACE_DISCONNECT}. No official counterpart.
     *
     * @param reason a text for people or programs, which the client sees; empty for none
     */
    Socket disconnect(String reason);

    /** As {@link #disconnect(String)}; with {@code close} all sockets of the connection leave with this reason and it is closed. */
    Socket disconnect(String reason, boolean close);

    /**
     * Disconnects it at this time, the end of a token for example. It gets the event {@link #EXPIRED} and leaves with the reason {@link #EXPIRED}
     * as by {@link #disconnect(String)}. Another call before then replaces the time, so that a handler keeps the client connected when it sends a
     * fresh token. Any thread; in a middleware too: then it is disconnected as soon as it has joined. A handler that runs at that time does not
     * delay it. A recovered socket has no time until it is set again. No official counterpart.
     *
     * @param end the time by {@link ServerTimer#now()}; one that has passed disconnects at once; {@code null} for none, the default
     */
    void expireAt(@Nullable Instant end);

    /** The time of {@link #expireAt}; {@code null} if there is none. */
    @Nullable
    Instant expiresAt();

    /** As declared; called on the thread that emits, for broadcasts too. It must not block. */
    @Override
    Registration onAnyOutgoing(AnyListener listener);

    /** Adds a middleware for incoming events. {@code socket.use(fn)}. */
    Registration use(SocketMiddleware middleware);

    /** Called when it is about to disconnect; its rooms are still there. {@code socket.on("disconnecting", fn)}. */
    Registration onDisconnecting(DisconnectHandler handler);

    /** Called last, when it has disconnected. {@code socket.on("disconnect", fn)}. */
    Registration onDisconnect(DisconnectHandler handler);

    /**
     * Adds a listener of errors: a malformed packet ({@link dev.sockeye.socketio.protocol.DecodeException}, whose description has its
     * beginning; the connection is closed then), a middleware's refusal of an event, a payload that does not fit the type of a handler
     * ({@link BindingException}). {@code socket.on("error", fn)}.
     */
    @Override
    Registration onError(ErrorListener listener);

    /** Adds a handler that is called once, in the mailbox, when everything queued for the client is written; soon if nothing is queued. */
    Registration onWritable(Runnable handler);

    /** Bytes queued for the client that the operating system has not taken yet. */
    long bufferedBytes();

    /** Whether an event emitted now would be written at once. */
    boolean writable();
}
