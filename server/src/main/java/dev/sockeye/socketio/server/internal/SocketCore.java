package dev.sockeye.socketio.server.internal;

import dev.sockeye.engineio.EngineSocket;
import dev.sockeye.runtime.AnswerFuture;
import dev.sockeye.socketio.DisconnectDetails;
import dev.sockeye.socketio.SocketDisconnectedException;
import dev.sockeye.socketio.adapter.BroadcastFlags;
import dev.sockeye.socketio.adapter.BroadcastOptions;
import dev.sockeye.socketio.adapter.LocalSocket;
import dev.sockeye.socketio.adapter.RestoredSession;
import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.protocol.EncodedPacket;
import dev.sockeye.socketio.protocol.Payload;
import dev.sockeye.socketio.protocol.SocketPacket;
import dev.sockeye.socketio.server.DisconnectReason;
import dev.sockeye.socketio.server.Handshake;
import dev.sockeye.socketio.server.ServerTimer;
import dev.sockeye.socketio.server.Socket;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Implements a socket; {@link Socket} is the application's view of it. Packets are handled, and the socket ends, in the
 * client's mailbox.
 */
final class SocketCore implements LocalSocket {
    private static final QuietLog LOG = new QuietLog(SocketCore.class);
    private static final AtomicReferenceFieldUpdater<SocketCore, SocketState> STATE =
            AtomicReferenceFieldUpdater.newUpdater(SocketCore.class, SocketState.class, "state");

    private final ClientCore client;
    private final EngineSocket conn; // of the client; copied here because each broadcast reads it from each socket
    private final NamespaceCore namespace;
    private final Socket facade;
    private final SocketListeners listeners = new SocketListeners(this);
    private final String id;
    private final long issued;
    private final @Nullable Payload auth;
    private final @Nullable RecoverableSession session; // with connection state recovery
    /** Its index in the {@link SocketTable}; changed under the lock of that table. */
    int place;

    private volatile SocketState state = SocketState.PENDING;
    private volatile boolean ownRoom;
    private volatile @Nullable Map<String, Object> data;
    private volatile @Nullable PendingAcks acks;
    private volatile @Nullable SocketExpiry expiry;

    SocketCore(ClientCore client, NamespaceCore namespace, @Nullable Payload auth, @Nullable RestoredSession restored) {
        this.client = client;
        this.namespace = namespace;
        this.conn = client.conn();
        this.issued = System.currentTimeMillis();
        this.auth = auth;
        ServerTimer timer = namespace.context().timer();
        if (restored != null) {
            this.id = restored.session().sid();
            this.data = RecoverableSession.data(restored.session());
            this.session = RecoverableSession.restored(this, restored.session());
        } else {
            this.id = conn.protocol() != 3
                    ? timer.randomId()
                    : namespace.name().equals("/") ? conn.id() : namespace.name() + "#" + conn.id();
            this.session = namespace.context().options().connectionStateRecovery() == null
                    ? null
                    : RecoverableSession.create(this, timer.randomId());
        }
        this.facade = namespace.context().facades().socket(this);
    }

    Socket facade() {
        return facade;
    }

    SocketListeners listeners() {
        return listeners;
    }

    NamespaceCore namespace() {
        return namespace;
    }

    ClientCore client() {
        return client;
    }

    /** A new view of the request, which an idle socket does not hold. */
    Handshake handshake() {
        return new RequestHandshake(conn.request(), issued, auth);
    }

    /** The secret by which its client recovers it; {@code null} without connection state recovery. */
    @Nullable
    String pid() {
        return session == null ? null : session.pid();
    }

    boolean recovered() {
        return session != null && session.recovered();
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public EngineSocket conn() {
        return conn;
    }

    @Override
    public boolean connected() {
        SocketState now = state;
        return now == SocketState.CONNECTED || now == SocketState.DISCONNECTING;
    }

    @Override
    public Map<String, Object> data() {
        Map<String, Object> map = data;
        if (map == null) {
            synchronized (this) {
                map = data;
                if (map == null) {
                    map = new ConcurrentHashMap<>(4);
                    data = map;
                }
            }
        }
        return map;
    }

    /** Its data, without creating a map if there is none. */
    Map<String, Object> dataIfAny() {
        Map<String, Object> map = data;
        return map == null ? Map.of() : map;
    }

    @Override
    public Map<String, @Nullable Object> handshakeDetails() {
        return handshake().toMap();
    }

    @Override
    public Set<String> rooms() {
        Set<String> rooms = namespace.adapter().socketRooms(id);
        return rooms == null ? Set.of() : rooms;
    }

    @Override
    public boolean inOwnRoom() {
        return ownRoom;
    }

    @Override
    public boolean ownRoom(boolean in) {
        synchronized (this) {
            boolean changed = ownRoom != in;
            ownRoom = in;
            return changed;
        }
    }

    /** Called by the adapter for many sockets: a socket at its limit is skipped with a warning. */
    @Override
    public void join(String... rooms) {
        try {
            join(Arrays.asList(rooms));
        } catch (IllegalStateException e) {
            LOG.warning(() -> ServerLog.JOIN_REFUSED.text(this + " did not join: " + e.getMessage()));
        }
    }

    void join(Collection<String> rooms) {
        SocketState now = state;
        if (now == SocketState.LEAVING || now == SocketState.GONE) {
            return;
        }
        int most = namespace.context().options().maxRoomsPerSocket();
        if (rooms.size() > most || namespace.adapter().roomCount(id) + rooms.size() > most) {
            Set<String> all = new HashSet<>(rooms());
            all.addAll(rooms);
            all.remove(id);
            if (all.size() > most) {
                throw new IllegalStateException(
                        "a socket may be in at most " + most + " rooms (option maxRoomsPerSocket)");
            }
        }
        namespace.adapter().addAll(id, rooms);
    }

    @Override
    public void leave(String... rooms) {
        for (String room : rooms) {
            namespace.adapter().del(id, room);
        }
    }

    void emit(String event, Arguments args, BroadcastFlags flags) {
        ReservedEvents.checkEmit(event);
        if (state == SocketState.GONE && !(session != null && session.awaited())) {
            return;
        }
        SocketPacket.Event packet = new SocketPacket.Event(namespace.name(), SocketPacket.NO_ID, event, args);
        if (session != null && state != SocketState.PENDING) {
            // through the adapter, which keeps it until the client reconnects
            namespace.adapter().broadcast(packet, new BroadcastOptions(Set.of(id), Set.of(), flags));
        } else {
            notifyOutgoing(event, args);
            client.sendEvent(namespace.encode(packet), namespace.name(), flags);
        }
    }

    CompletableFuture<Arguments> emitWithAck(String event, Arguments args, BroadcastFlags flags) {
        ReservedEvents.checkEmit(event);
        if (state == SocketState.GONE) {
            return CompletableFuture.failedFuture(new SocketDisconnectedException());
        }
        long ackId = namespace.nextAckId();
        AnswerFuture<Arguments> answer = new AnswerFuture<>(() -> forgetAck(ackId));
        namespace.context().observers().watchAck(facade, event, answer);
        if (pendingAcks().add(ackId, answer, flags.timeout())) {
            notifyOutgoing(event, args);
            try {
                client.send(namespace.encode(new SocketPacket.Event(namespace.name(), ackId, event, args)), flags);
            } catch (RuntimeException | Error e) {
                forgetAck(ackId);
                throw e;
            }
            SocketState now = state;
            if ((now != SocketState.CONNECTED && now != SocketState.PENDING) || !client.open()) {
                failAcks();
            }
        }
        return answer;
    }

    void sendAck(long ackId, Arguments args) {
        if (state != SocketState.GONE) {
            client.sendAck(namespace.encode(new SocketPacket.Ack(namespace.name(), ackId, args)));
        }
    }

    @Override
    public void expectAck(long ackId, Consumer<Arguments> ack) {
        pendingAcks().add(ackId, ack);
    }

    @Override
    public void forgetAck(long ackId) {
        PendingAcks pending = acks;
        if (pending != null) {
            pending.forget(ackId);
        }
    }

    int pendingAckCount() {
        PendingAcks pending = acks;
        return pending == null ? 0 : pending.size();
    }

    /** Fails the pending acknowledgements: the session has ended. Any thread. */
    void failAcks() {
        PendingAcks pending = acks;
        if (pending != null) {
            pending.fail();
        }
    }

    /** The client has acknowledged an event. On the loop. */
    void onAck(SocketPacket.Ack packet) {
        PendingAcks pending = acks;
        if (pending != null) {
            pending.complete(packet.id(), packet.args());
        }
    }

    private PendingAcks pendingAcks() {
        PendingAcks pending = acks;
        if (pending == null) {
            synchronized (this) {
                pending = acks;
                if (pending == null) {
                    pending = new PendingAcks(this);
                    acks = pending;
                }
            }
        }
        return pending;
    }

    @Override
    public boolean watchesOutgoing() {
        return listeners.hooks().anyOutgoing().length > 0;
    }

    @Override
    public void notifyOutgoing(String event, Arguments args) {
        SocketHooks.callAny(listeners, listeners.hooks().anyOutgoing(), event, args);
    }

    // joining, in the mailbox

    /** Joins the namespace: connected from then on. In the mailbox. */
    void connect(@Nullable RestoredSession restored) {
        namespace.adapter().addAll(id, Set.of(id));
        if (restored == null) {
            if (session != null) {
                session.markStart();
            }
            enter();
        } else {
            restored.resume(
                    conn.loop(),
                    this::becomeConnected,
                    missed -> client.sendTogether(missed, namespace.encode(namespace.welcome(this))));
        }
        if (session != null && state != SocketState.GONE) {
            session.follow();
        }
    }

    /**
     * Sends CONNECT and starts to receive broadcasts, atomically for everybody else: packets for a connected socket are queued after
     * CONNECT, and the socket is connected before the client can have received CONNECT.
     */
    private void enter() {
        EncodedPacket welcome = namespace.encode(namespace.welcome(this));
        conn.sendBefore(this::becomeConnected, WireMessages.of(welcome), BroadcastFlags.NONE.compress());
    }

    synchronized void becomeConnected() {
        if (state == SocketState.PENDING) {
            namespace.promote(this);
            move(SocketState.PENDING, SocketState.CONNECTED);
        }
    }

    /** A packet of the client. In the mailbox. */
    void onPacket(SocketPacket packet) {
        if (packet instanceof SocketPacket.Event event) {
            if (state == SocketState.CONNECTED) {
                IncomingEvents.handle(this, event);
            }
        } else if (packet instanceof SocketPacket.Ack ack) {
            onAck(ack);
        } else if (packet instanceof SocketPacket.Disconnect) {
            leave(DisconnectReason.CLIENT_NAMESPACE_DISCONNECT, DisconnectDetails.NONE);
        }
    }

    /** Whether events of the client are handled. */
    boolean handlesEvents() {
        return state == SocketState.CONNECTED;
    }

    // the end

    @Override
    public void disconnect(String reason, boolean close) {
        disconnect(DisconnectDetails.of(reason), close);
    }

    @Override
    public void moved() {
        if (session == null) {
            disconnect(true);
        } else {
            session.move();
        }
    }

    /** Whether its client has recovered its session on another server. */
    boolean hasMoved() {
        return session != null && session.moved();
    }

    /** @param details its description is sent to the client, unless it is empty */
    void disconnect(DisconnectDetails details, boolean close) {
        if (connected()) {
            if (close) {
                client.disconnectAll(details);
            } else if (move(SocketState.CONNECTED, SocketState.LEAVING)) {
                try {
                    if (!details.description().isEmpty()) {
                        client.send(WireMessages.reason(namespace.name(), details.description()));
                    }
                    client.send(new SocketPacket.Disconnect(namespace.name()));
                } finally {
                    leaving(DisconnectReason.SERVER_NAMESPACE_DISCONNECT, details);
                }
            }
        }
    }

    /** Leaves the namespace, once. Any thread; the handlers of the application are called in the mailbox. */
    void leave(DisconnectReason reason, DisconnectDetails details) {
        if (move(SocketState.CONNECTED, SocketState.LEAVING)) {
            leaving(reason, details);
        }
    }

    private void leaving(DisconnectReason reason, DisconnectDetails details) {
        failAcks();
        client.mailbox().runOrPost(() -> {
            if (!move(SocketState.LEAVING, SocketState.DISCONNECTING)) {
                return; // it was cleaned up in the meantime
            }
            SocketHooks.callDisconnect(
                    listeners, "disconnecting", listeners.hooks().disconnecting(), reason, details);
            if (session != null) {
                session.keepOrForget(reason.recoverable());
            }
            cleanup();
            client.remove(this, reason);
            SocketHooks.callDisconnect(
                    listeners, "disconnect", listeners.hooks().disconnect(), reason, details);
        });
    }

    /** Disconnects it at a time; {@code null} for none. Any thread. */
    void expireAt(@Nullable Instant when) {
        SocketExpiry at = expiry;
        if (at == null) {
            synchronized (this) {
                at = expiry;
                if (at == null) {
                    at = new SocketExpiry(this);
                    expiry = at;
                }
            }
        }
        at.set(when);
        if (state == SocketState.GONE) {
            at.close();
        }
    }

    @Nullable
    Instant expiresAt() {
        SocketExpiry at = expiry;
        return at == null ? null : at.end();
    }

    /** Leaves its rooms and the namespace, joined or not; takes effect once. In the mailbox. */
    void cleanup() {
        if (end()) {
            failAcks();
            SocketExpiry at = expiry;
            if (at != null) {
                at.close();
            }
            namespace.remove(this);
        }
    }

    /** Under the lock, so that {@link #becomeConnected} is over, or finds that the socket is gone. */
    private synchronized boolean end() {
        for (SocketState now = state; now != SocketState.GONE; now = state) {
            if (move(now, SocketState.GONE)) {
                return true;
            }
        }
        return false;
    }

    /** Changes the state; returns false if it is not in the first state. The only place where the state changes. */
    private boolean move(SocketState from, SocketState to) {
        from.checkMayBecome(to);
        return STATE.compareAndSet(this, from, to);
    }

    /** Fails on the I/O thread, which has to read the answer. */
    void checkMayBlock() {
        if (conn.loop().inLoop()) {
            throw new IllegalStateException("call() would block the I/O thread that reads the answer: use emitWithAck");
        }
    }

    @Override
    public String toString() {
        return "Socket[" + namespace.name() + " " + id + (connected() ? "]" : " disconnected]");
    }
}
