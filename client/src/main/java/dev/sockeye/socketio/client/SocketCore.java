package dev.sockeye.socketio.client;

import dev.sockeye.socketio.ConnectErrorException;
import dev.sockeye.socketio.DisconnectDetails;
import dev.sockeye.socketio.SendBufferFullException;
import dev.sockeye.socketio.SocketDisconnectedException;
import dev.sockeye.socketio.SocketIoException;
import dev.sockeye.socketio.TransportException;
import dev.sockeye.socketio.client.transport.ClientLoop;
import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.protocol.BindingException;
import dev.sockeye.socketio.protocol.EncodedPacket;
import dev.sockeye.socketio.protocol.Payload;
import dev.sockeye.socketio.protocol.SocketPacket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The part of a socket that runs on the loop: connects to the namespace, receives events, recovers. Used on the loop only, except
 * where a method documents otherwise.
 */
final class SocketCore {
    private static final String V2 =
            "It seems you are trying to reach a Socket.IO server in v2.x with a v3.x client, but they are not"
                    + " compatible (more information here: https://socket.io/docs/v3/migrating-from-2-x-to-3-0/)";

    static final String CLOSED = "the client has been closed";

    private final Socket socket;
    private final Manager manager;
    private final Connection connection;
    private final String namespace;
    private final ClientOptions options;
    private final SocketListeners listeners;
    private final Outbox outbox;
    private final HeldEvents held;
    /** Answers to events that arrived before CONNECT. */
    private final List<EncodedPacket> heldAnswers = new ArrayList<>();

    private final List<CompletableFuture<Void>> connectWaiters = new ArrayList<>();
    private @Nullable String pid;
    private @Nullable String lastOffset;
    volatile @Nullable SocketIoException lastError;
    private volatile boolean active;
    private boolean closed;
    /** How many CONNECT packets of this connection the server has not answered. */
    private int asked;
    /**
     * How many of them were sent for a connection to the namespace that was ended before the answer. The next CONNECT waits for these
     * answers: packets until then are not meant for it, and the server closes the connection if it receives a second CONNECT.
     */
    private int abandoned;
    /** Ends the waiting for a server that never answers. */
    private ClientLoop.@Nullable Timer patience;
    /** The reason for the coming disconnect, if the server has sent one. */
    private DisconnectDetails announced = DisconnectDetails.NONE;
    /** Changes when a connection begins and when it ends. */
    private int epoch;

    // read by any thread
    volatile boolean connected;
    volatile RecoveryStatus recoveryStatus = RecoveryStatus.NOT_ATTEMPTED;
    volatile @Nullable String id;

    SocketCore(Socket socket, Manager manager, String namespace, ClientOptions options, SocketListeners listeners) {
        this.socket = socket;
        this.manager = manager;
        this.connection = manager.connection();
        this.namespace = namespace;
        this.options = options;
        this.listeners = listeners;
        this.outbox = new Outbox(this, manager, namespace, options, listeners);
        this.held = new HeldEvents(options.mailboxCapacity(), options.mailboxBytes(), this::received);
    }

    /** Whether the socket is connected, or connects automatically. Any thread. */
    boolean active() {
        return active;
    }

    /** Whether the mailbox is full. Any thread. */
    boolean congested() {
        return listeners.congested();
    }

    /** Whether the mailbox, after it was full, has room again. Any thread. */
    boolean relieved() {
        return listeners.relieved();
    }

    Outbox outbox() {
        return outbox;
    }

    /** Whether the application waits for a result of this socket. */
    boolean isAwaited() {
        return !closed && (outbox.isAwaited() || !connectWaiters.isEmpty() || listeners.isAwaited());
    }

    // ---- connecting

    void connect() {
        if (connected || closed) {
            return;
        }
        if (!active) {
            active = true;
            lastError = null;
            if (connection.isOpen()) {
                onOpen();
                return;
            }
        }
        if (!connection.isReconnecting()) {
            connection.open();
        }
    }

    /** The connection is open: sends CONNECT for the namespace. */
    void onOpen() {
        if (!active) {
            return;
        }
        if (abandoned > 0) {
            awaitAnswers();
            return;
        }
        int now = ++epoch;
        Supplier<? extends CompletionStage<?>> auth = options.auth();
        if (auth == null) {
            sendConnect(null);
            return;
        }
        socket.runCompletion(() -> {
            CompletionStage<?> stage;
            try {
                stage = Objects.requireNonNull(auth.get(), "it returned null");
            } catch (Throwable e) {
                stage = CompletableFuture.failedFuture(e);
            }
            stage.whenComplete((value, error) -> manager.run(() -> {
                if (now != epoch || !active || connected) {
                    return;
                }
                if (error != null) {
                    refuse(new ConnectErrorException(
                            "the auth supplier failed: " + error.getMessage(), null, true, error));
                } else {
                    sendConnect(value);
                }
            }));
        });
    }

    private void awaitAnswers() {
        Duration limit = options.timeout();
        if (limit != null && patience == null) {
            patience = manager.loop()
                    .schedule(
                            () -> {
                                patience = null;
                                abandoned = 0;
                                onOpen();
                            },
                            Millis.of(limit),
                            TimeUnit.MILLISECONDS);
        }
    }

    private void stopWaiting() {
        ClientLoop.Timer timer = patience;
        if (timer != null) {
            patience = null;
            timer.cancel();
        }
    }

    private void sendConnect(@Nullable Object auth) {
        try {
            connection.write(options.parser().encode(new SocketPacket.Connect(namespace, connectData(auth))), true);
            asked++;
        } catch (RuntimeException | Error e) { // of the application's objects, too
            refuse(new ConnectErrorException("auth cannot be sent: " + e.getMessage(), null, true, e));
        }
    }

    private @Nullable Payload connectData(@Nullable Object auth) {
        String known = pid;
        if (known == null) {
            return auth == null ? null : Payload.of(auth);
        }
        Map<String, @Nullable Object> data = new LinkedHashMap<>();
        data.put("pid", known);
        if (lastOffset != null) {
            data.put("offset", lastOffset);
        }
        if (auth != null) {
            Map<?, ?> given = auth instanceof Map<?, ?> map
                    ? map
                    : (Map<?, ?>) Payload.of(auth).get(Map.class);
            if (given != null) {
                given.forEach((key, value) -> data.put(String.valueOf(key), value));
            }
        }
        return Payload.of(data);
    }

    void disconnect() {
        if (connected) {
            connection.write(options.parser().encode(new SocketPacket.Disconnect(namespace)), true);
        }
        boolean was = connected;
        deactivate();
        if (was) {
            ended(DisconnectReason.IO_CLIENT_DISCONNECT, DisconnectDetails.NONE);
        } else {
            failConnectWaiters(new SocketDisconnectedException("the socket was disconnected by the client"));
        }
    }

    private void deactivate() {
        active = false;
        abandoned = asked;
        stopWaiting();
        held.clear();
        heldAnswers.clear();
        epoch++;
        connection.left();
    }

    /** The client is closed: everything pending fails. Calling it again has no effect. */
    void shutdown() {
        if (closed) {
            return;
        }
        closed = true;
        disconnect();
        SocketDisconnectedException reason = new SocketDisconnectedException(CLOSED);
        outbox.close(reason);
        failConnectWaiters(reason);
        listeners.failWaiters(reason);
    }

    // ---- events of the connection

    void onError(TransportException error) {
        if (active && !connected) {
            ConnectErrorException told = new ConnectErrorException(error.getMessage(), null, false, error);
            lastError = told;
            listeners.connectError(told);
        }
    }

    /** There are no further attempts to connect. */
    void onGivenUp(TransportException error) {
        if (active && !connected) {
            failConnectWaiters(new ConnectErrorException(error.getMessage(), null, false, error));
        }
    }

    void onClose(DisconnectReason reason, DisconnectDetails details) {
        asked = 0;
        abandoned = 0;
        stopWaiting();
        if (active) {
            epoch++;
            ended(reason, details);
        }
    }

    private void ended(DisconnectReason reason, DisconnectDetails details) {
        boolean was = connected;
        connected = false;
        id = null;
        announced = DisconnectDetails.NONE;
        if (was) {
            listeners.disconnected(reason, details);
        }
        held.clear();
        heldAnswers.clear();
        outbox.disconnected();
    }

    /** The server has disconnected the socket, possibly while it connects again. */
    private void onDisconnected() {
        boolean connecting = !connected;
        DisconnectDetails details = announced;
        deactivate();
        ended(DisconnectReason.IO_SERVER_DISCONNECT, details);
        if (connecting) {
            listeners.disconnected(DisconnectReason.IO_SERVER_DISCONNECT, details);
            failConnectWaiters(new SocketDisconnectedException("the server has disconnected the socket"));
        }
    }

    private void refuse(ConnectErrorException error) {
        boolean was = connected;
        deactivate();
        if (was) { // the server has refused a socket that it had accepted
            ended(DisconnectReason.IO_SERVER_DISCONNECT, DisconnectDetails.NONE);
        }
        lastError = error;
        listeners.connectError(error);
        failConnectWaiters(error);
    }

    /** @param size of the packet in bytes */
    void onPacket(SocketPacket packet, int size) {
        boolean accepted = packet instanceof SocketPacket.Connect;
        boolean answer = asked > 0 && (accepted || packet instanceof SocketPacket.ConnectError);
        if (answer) {
            asked--;
        }
        if (abandoned > 0) {
            if (answer) {
                abandoned--;
                if (accepted) { // an earlier DISCONNECT would have been invalid
                    connection.write(options.parser().encode(new SocketPacket.Disconnect(namespace)), true);
                    pid = null; // the missed events would be mixed with those of this socket, and some arrive twice
                    lastOffset = null;
                }
                if (abandoned == 0) {
                    stopWaiting();
                    onOpen();
                }
            }
            return;
        }
        if (!active) {
            return;
        }
        if (packet instanceof SocketPacket.Event event) {
            if (event.name().equals(DisconnectDetails.REASON_EVENT)) {
                announced = announced(event.args());
            }
            if (connected) {
                received(event, size);
            } else {
                held.add(event, size);
            }
        } else if (packet instanceof SocketPacket.Ack ack) {
            outbox.answered(ack.id(), ack.args(), size);
        } else if (packet instanceof SocketPacket.Connect connect) {
            onConnect(connect.data());
        } else if (packet instanceof SocketPacket.Disconnect) {
            onDisconnected();
        } else if (packet instanceof SocketPacket.ConnectError error) {
            Map<?, ?> data = error.data().get() instanceof Map<?, ?> map ? map : Map.of();
            Object message = data.get("message");
            Object more = data.get("data");
            refuse(new ConnectErrorException(
                    message == null ? null : message.toString(), more == null ? null : Payload.of(more), true, null));
        }
    }

    /** The argument comes from outside: anything but an object with a text is no reason. */
    private static DisconnectDetails announced(Arguments args) {
        try {
            if (args.size() > 0 && args.get(0) instanceof Map<?, ?> map && map.get("reason") instanceof String reason) {
                return DisconnectDetails.of(reason);
            }
        } catch (BindingException e) {
            // the handlers of the event report it
        }
        return DisconnectDetails.NONE;
    }

    private void onConnect(@Nullable Payload data) {
        Map<?, ?> map = data != null && data.get() instanceof Map<?, ?> given ? given : Map.of();
        if (!(map.get("sid") instanceof String sid)) {
            ConnectErrorException error = new ConnectErrorException(V2, null, false, null);
            lastError = error;
            listeners.connectError(error);
            return;
        }
        String newPid = map.get("pid") instanceof String text ? text : null;
        RecoveryStatus status = recoveryStatus(newPid);
        recoveryStatus = status;
        pid = newPid;
        if (status != RecoveryStatus.RECOVERED) {
            lastOffset = null;
        }
        id = sid;
        connected = true;
        lastError = null;
        held.connected();
        for (EncodedPacket answer : heldAnswers) {
            connection.write(answer, true);
        }
        heldAnswers.clear();
        outbox.connected();
        listeners.connected(sid, status == RecoveryStatus.RECOVERED);
        for (CompletableFuture<Void> waiter : connectWaiters) {
            waiter.complete(null);
        }
        connectWaiters.clear();
    }

    private RecoveryStatus recoveryStatus(@Nullable String newPid) {
        if (pid == null) {
            return RecoveryStatus.NOT_ATTEMPTED;
        }
        if (newPid == null) {
            return RecoveryStatus.NOT_OFFERED;
        }
        if (newPid.equals(pid)) {
            return RecoveryStatus.RECOVERED;
        }
        return lastOffset == null ? RecoveryStatus.NO_OFFSET : RecoveryStatus.SESSION_LOST;
    }

    private void received(SocketPacket.Event event, int size) {
        // an event that expects an answer has no offset: its last argument is the application's
        if (pid != null && event.id() == SocketPacket.NO_ID && last(event.args()) instanceof String offset) {
            lastOffset = offset;
        }
        listeners.event(event.name(), event.args(), new IncomingAck(this, event.id(), epoch), size);
    }

    private static @Nullable Object last(Arguments args) {
        try {
            return args.get(args.size() - 1);
        } catch (BindingException e) {
            return null; // the handlers of the event report it
        }
    }

    /**
     * Sends the answer to an event, only on the connection that the event arrived on. Any thread.
     *
     * @param of the {@link #epoch} of the event
     */
    void sendAck(long ackId, Arguments args, int of) {
        EncodedPacket packet = outbox.encodeAck(ackId, args);
        manager.run(() -> {
            if (of != epoch) {
                return;
            }
            if (connected) {
                connection.write(packet, true);
            } else if (heldAnswers.size() < options.sendBufferSize()) {
                heldAnswers.add(packet);
            } else {
                reportError(new SendBufferFullException(
                        "more than " + options.sendBufferSize() + " answers wait for the server's CONNECT"));
            }
        });
    }

    void reportError(SocketIoException error) {
        listeners.error(error);
    }

    // ---- waiting for the connection

    void awaitConnect(CompletableFuture<Void> waiter) {
        if (closed) {
            waiter.completeExceptionally(new SocketDisconnectedException(CLOSED));
        } else if (connected) {
            waiter.complete(null);
        } else {
            connectWaiters.add(waiter);
        }
    }

    /** The application waits for an event. */
    void awaitEvent() {
        if (closed) {
            listeners.failWaiters(new SocketDisconnectedException(CLOSED));
        }
    }

    void stopWaiting(CompletableFuture<Void> waiter) {
        connectWaiters.removeIf(known -> known == waiter);
    }

    private void failConnectWaiters(SocketIoException error) {
        List<CompletableFuture<Void>> waiters = new ArrayList<>(connectWaiters);
        connectWaiters.clear();
        for (CompletableFuture<Void> waiter : waiters) {
            waiter.completeExceptionally(error);
        }
    }
}
