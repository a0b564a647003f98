package dev.sockeye.socketio.client;

import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.protocol.BindingException;
import dev.sockeye.socketio.protocol.EncodedPacket;
import dev.sockeye.socketio.protocol.Payload;
import dev.sockeye.socketio.protocol.SocketPacket;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a socket does on the loop: connects to its namespace, buffers, acknowledgements, recovery. Used on the loop only, but
 * for what says otherwise.
 */
final class SocketCore {
    private static final String V2 =
            "It seems you are trying to reach a Socket.IO server in v2.x with a v3.x client, but they"
                    + " are not compatible (more information here: https://socket.io/docs/v3/migrating-from-2-x-to-3-0/)";

    private final Socket socket;
    private final Manager manager;
    private final Connection connection;
    private final String namespace;
    private final ClientOptions options;
    private final SocketListeners listeners;
    private final RetryQueue queue;

    private final PendingAcks acks;
    private final ArrayDeque<Emission> sendBuffer = new ArrayDeque<>();
    private final List<SocketPacket.Event> receiveBuffer = new ArrayList<>();
    private final List<CompletableFuture<Void>> connectWaiters = new ArrayList<>();
    private @Nullable String pid;
    private @Nullable String lastOffset;
    volatile @Nullable SocketIoException lastError;
    private boolean active;
    private int epoch;

    // read by any thread
    volatile boolean connected;
    volatile boolean recovered;
    volatile @Nullable String id;
    private final AtomicLong ids = new AtomicLong();
    private final AtomicInteger unsent = new AtomicInteger();

    SocketCore(Socket socket, Manager manager, String namespace, ClientOptions options, SocketListeners listeners) {
        this.socket = socket;
        this.manager = manager;
        this.connection = manager.connection();
        this.namespace = namespace;
        this.options = options;
        this.listeners = listeners;
        this.queue = new RetryQueue(this, options.retries());
        this.acks = new PendingAcks(manager.loop());
    }

    boolean active() {
        return active;
    }

    boolean isConnected() {
        return connected;
    }

    /** Any thread. */
    boolean congested() {
        return listeners.congested();
    }

    int sendBufferSize() {
        return sendBuffer.size();
    }

    int queueSize() {
        return queue.size();
    }

    // ---- connecting

    void connect() {
        if (connected) {
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

    /** The connection is open: asks to join the namespace. */
    void onOpen() {
        if (!active) {
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
                stage = auth.get();
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

    private void sendConnect(@Nullable Object auth) {
        try {
            connection.write(options.parser().encode(new SocketPacket.Connect(namespace, connectData(auth))), true);
        } catch (BindingException | ClassCastException e) {
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
            ended(DisconnectReason.IO_CLIENT_DISCONNECT, CloseDetails.NONE);
        } else {
            failConnectWaiters(new SocketDisconnectedException("the socket was disconnected by the client"));
        }
    }

    private void deactivate() {
        active = false;
        epoch++;
        connection.left();
    }

    /** The client is closed: nothing that waits will ever be sent. */
    void shutdown() {
        disconnect();
        SocketDisconnectedException reason = new SocketDisconnectedException("the client has been closed");
        queue.failAll(reason);
        unsent.addAndGet(-sendBuffer.size());
        sendBuffer.clear();
        acks.failAll(reason, List.of());
        failConnectWaiters(reason);
    }

    // ---- what the connection tells

    void onError(TransportException error) {
        if (active && !connected) {
            ConnectErrorException told = new ConnectErrorException(error.getMessage(), null, false, error);
            lastError = told;
            listeners.connectError(told);
        }
    }

    /** The connection is not tried again. */
    void onGivenUp(TransportException error) {
        if (active && !connected) {
            failConnectWaiters(new ConnectErrorException(error.getMessage(), null, false, error));
        }
    }

    void onClose(DisconnectReason reason, CloseDetails details) {
        if (active) {
            epoch++;
            ended(reason, details);
        }
    }

    private void ended(DisconnectReason reason, CloseDetails details) {
        boolean was = connected;
        connected = false;
        id = null;
        if (was) {
            listeners.disconnected(reason, details);
        }
        receiveBuffer.clear();
        // what still waits to be sent keeps its chance
        acks.failAll(new SocketDisconnectedException("socket has been disconnected"), sendBuffer);
    }

    private void refuse(ConnectErrorException error) {
        deactivate();
        lastError = error;
        listeners.connectError(error);
        failConnectWaiters(error);
    }

    void onPacket(SocketPacket packet) {
        if (!active) {
            return;
        }
        if (packet instanceof SocketPacket.Event event) {
            if (connected) {
                received(event);
            } else if (receiveBuffer.size() < options.mailboxCapacity()) {
                receiveBuffer.add(event);
            }
        } else if (packet instanceof SocketPacket.Ack ack) {
            acks.finish(ack.id(), null, ack.args());
        } else if (packet instanceof SocketPacket.Connect connect) {
            onConnect(connect.data());
        } else if (packet instanceof SocketPacket.Disconnect) {
            deactivate();
            ended(DisconnectReason.IO_SERVER_DISCONNECT, CloseDetails.NONE);
        } else if (packet instanceof SocketPacket.ConnectError error) {
            Map<?, ?> data = error.data().get() instanceof Map<?, ?> map ? map : Map.of();
            Object message = data.get("message");
            Object more = data.get("data");
            refuse(new ConnectErrorException(
                    message == null ? null : message.toString(), more == null ? null : Payload.of(more), true, null));
        }
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
        recovered = newPid != null && newPid.equals(pid);
        pid = newPid;
        if (!recovered) {
            lastOffset = null;
        }
        id = sid;
        connected = true;
        lastError = null;
        for (SocketPacket.Event event : receiveBuffer) {
            received(event);
        }
        receiveBuffer.clear();
        while (!sendBuffer.isEmpty()) {
            transmit(sendBuffer.remove());
        }
        queue.drain(true);
        listeners.connected();
        for (CompletableFuture<Void> waiter : connectWaiters) {
            waiter.complete(null);
        }
        connectWaiters.clear();
    }

    private void received(SocketPacket.Event event) {
        if (pid != null && event.args().size() > 0) {
            Object last = event.args().get(event.args().size() - 1);
            if (last instanceof String offset) {
                lastOffset = offset;
            }
        }
        listeners.event(event.name(), event.args(), new IncomingAck(this, event.id()));
    }

    void sendAck(long ackId, Arguments args) {
        EncodedPacket packet = options.parser().encode(new SocketPacket.Ack(namespace, ackId, args));
        checkSize(packet);
        manager.run(() -> {
            if (connected) {
                connection.write(packet, true);
            }
        });
    }

    // ---- emitting

    /** Any thread: checks, encodes, hands over to the loop. */
    void emit(Emission.Flags flags, String event, Arguments args, Emission.@Nullable Answer answer) {
        if (manager.client().isClosed()) {
            throw new IllegalStateException("the client is closed");
        }
        Engine engine = connection.engine();
        boolean full = unsent.get() >= options.sendBufferSize();
        boolean slow = engine != null && engine.outboundBytes() > options.maxOutboundBytes();
        if ((full && options.sendBufferPolicy() != SendBufferPolicy.DROP_OLDEST) || slow) {
            SendBufferFullException error = new SendBufferFullException(
                    slow
                            ? "more than " + options.maxOutboundBytes() + " bytes wait for the network"
                            : "more than " + options.sendBufferSize() + " events wait to be sent");
            if (options.sendBufferPolicy() == SendBufferPolicy.FAIL) {
                throw error;
            }
            if (answer != null) {
                answer.done(error, Arguments.none());
            }
            return;
        }
        if (options.retries() > 0 && !flags.isVolatile()) {
            checkSize(encode(event, args, answer == null ? SocketPacket.NO_ID : 0));
            unsent.incrementAndGet();
            manager.run(() -> {
                makeRoom();
                queue.add(event, args, flags, answer);
            });
            return;
        }
        long ackId = answer == null ? SocketPacket.NO_ID : ids.getAndIncrement();
        EncodedPacket packet = encode(event, args, ackId);
        checkSize(packet);
        Emission emission = new Emission(event, args, ackId, packet, flags.compress());
        unsent.incrementAndGet();
        manager.run(() -> send(emission, flags, answer));
    }

    /** The queue's way to send, on the loop. */
    void sendNow(String event, Arguments args, Emission.Flags flags, Emission.Answer answer) {
        long ackId = ids.getAndIncrement();
        unsent.incrementAndGet();
        send(new Emission(event, args, ackId, encode(event, args, ackId), flags.compress()), flags, answer);
    }

    private EncodedPacket encode(String event, Arguments args, long ackId) {
        return options.parser().encode(new SocketPacket.Event(namespace, ackId, event, args));
    }

    private void checkSize(EncodedPacket packet) {
        PacketTooLargeException error = tooLarge(packet);
        if (error != null) {
            throw error;
        }
    }

    private @Nullable PacketTooLargeException tooLarge(EncodedPacket packet) {
        Engine engine = connection.engine();
        long max = engine == null ? 0 : engine.maxPayload();
        if (engine == null || max <= 0) {
            return null;
        }
        boolean base64 = engine.transportName() == TransportName.POLLING || options.forceBase64();
        long largest = wireSize(packet.head().length, packet.binaryHead(), base64);
        for (byte[] attachment : packet.attachments()) {
            largest = Math.max(largest, wireSize(attachment.length, true, base64));
        }
        return largest > max ? new PacketTooLargeException(largest, max) : null;
    }

    private static long wireSize(long length, boolean binary, boolean base64) {
        return !binary ? length + 1 : base64 ? 1 + (length + 2) / 3 * 4 : length;
    }

    private void send(Emission emission, Emission.Flags flags, Emission.@Nullable Answer answer) {
        Engine engine = connection.engine();
        boolean usable = connected && engine != null && !engine.hasPingExpired();
        if (flags.isVolatile() && (!usable || engine == null || !engine.writable())) {
            settled();
            if (answer != null) {
                answer.done(new SocketDisconnectedException("volatile event was discarded"), Arguments.none());
            }
            return;
        }
        if (answer != null) {
            register(emission.id(), flags, answer);
        }
        if (usable) {
            transmit(emission);
        } else {
            makeRoom();
            sendBuffer.add(emission);
        }
    }

    private void register(long ackId, Emission.Flags flags, Emission.Answer answer) {
        long millis = flags.timeoutMillis();
        if (millis < 0 && options.ackTimeout() != null) {
            millis = options.ackTimeout().toMillis();
        }
        acks.add(ackId, answer, millis, () -> {
            if (sendBuffer.removeIf(emission -> emission.id() == ackId)) {
                settled();
            }
        });
    }

    private void transmit(Emission emission) {
        settled();
        PacketTooLargeException error = tooLarge(emission.packet());
        if (error != null) {
            giveUp(emission, error);
            return;
        }
        listeners.outgoing(emission.event(), emission.args());
        connection.write(emission.packet(), emission.compress());
    }

    /** One event less waits. */
    void settled() {
        unsent.decrementAndGet();
    }

    private void makeRoom() {
        while (options.sendBufferPolicy() == SendBufferPolicy.DROP_OLDEST && unsent.get() > options.sendBufferSize()) {
            SendBufferFullException reason = new SendBufferFullException("given up for newer events");
            Emission oldest = sendBuffer.poll();
            if (oldest != null) {
                settled();
                giveUp(oldest, reason);
            } else if (!queue.dropOldest(reason)) {
                return;
            }
        }
    }

    private void giveUp(Emission emission, SocketIoException reason) {
        if (emission.id() < 0 || !acks.finish(emission.id(), reason, Arguments.none())) {
            reportError(reason);
        }
    }

    void reportError(SocketIoException error) {
        listeners.error(error);
    }

    // ---- waiting for the connection

    void awaitConnect(CompletableFuture<Void> waiter) {
        if (connected) {
            waiter.complete(null);
        } else {
            connectWaiters.add(waiter);
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
