package dev.sockeye.socketio.server;

import dev.sockeye.engineio.EngineSocket;
import dev.sockeye.runtime.AnswerFuture;
import dev.sockeye.socketio.Ack;
import dev.sockeye.socketio.DisconnectDetails;
import dev.sockeye.socketio.SocketDisconnectedException;
import dev.sockeye.socketio.adapter.BroadcastFlags;
import dev.sockeye.socketio.adapter.BroadcastOptions;
import dev.sockeye.socketio.adapter.LocalSocket;
import dev.sockeye.socketio.adapter.RestoredSession;
import dev.sockeye.socketio.adapter.Session;
import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.protocol.EncodedPacket;
import dev.sockeye.socketio.protocol.Payload;
import dev.sockeye.socketio.protocol.SocketPacket;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The life of a socket; {@link Socket} is what the application sees of it.
 *
 * <p>What comes from the client, and the end, are handled in the client's mailbox.
 */
final class SocketCore implements LocalSocket {
    private static final QuietLog LOG = new QuietLog(SocketCore.class);
    private static final AtomicReferenceFieldUpdater<SocketCore, SocketState> STATE =
            AtomicReferenceFieldUpdater.newUpdater(SocketCore.class, SocketState.class, "state");

    private final ClientConnection client;
    private final EngineSocket conn; // of the client; here too because each broadcast asks each socket for it
    private final Namespace namespace;
    private final Socket socket;
    private final SocketListeners listeners = new SocketListeners(this);
    private final String id;
    private final @Nullable String pid;
    private final boolean recovered;
    /** Where it stands in its {@link SocketTable}; changed under that table's lock. */
    int place;

    private volatile SocketState state = SocketState.PENDING;
    private volatile boolean ownRoom;
    private volatile @Nullable Map<String, Object> data;
    private volatile @Nullable PendingAcks acks;
    private @Nullable String startOffset; // set before its session is followed

    /** Its client may come back: what is emitted meanwhile is kept for it. */
    private volatile boolean awaited;

    SocketCore(
            ClientConnection client, Namespace namespace, @Nullable Payload auth, @Nullable RestoredSession restored) {
        this.client = client;
        this.namespace = namespace;
        this.conn = client.conn();
        this.socket = new Socket(this, Handshake.of(conn.request(), System.currentTimeMillis(), auth));
        this.recovered = restored != null;
        if (restored != null) {
            Session session = restored.session();
            this.id = session.sid();
            this.pid = session.pid();
            this.data = new ConcurrentHashMap<>(session.data());
            this.startOffset = session.startOffset();
        } else {
            if (conn.protocol() == 3) {
                this.id = namespace.name().equals("/") ? conn.id() : namespace.name() + "#" + conn.id();
            } else {
                this.id = namespace.server().options().timer().randomId();
            }
            this.pid = namespace.server().options().connectionStateRecovery() == null
                    ? null
                    : namespace.server().options().timer().randomId();
        }
    }

    Socket socket() {
        return socket;
    }

    SocketListeners listeners() {
        return listeners;
    }

    Namespace namespace() {
        return namespace;
    }

    ClientConnection client() {
        return client;
    }

    @Nullable
    String pid() {
        return pid;
    }

    boolean recovered() {
        return recovered;
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

    @Override
    public Map<String, @Nullable Object> handshakeDetails() {
        return socket.handshake().toMap();
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

    /** As one of many: a socket that is at its limit is left out, the others join all the same. */
    @Override
    public void join(String... rooms) {
        try {
            join(Arrays.asList(rooms));
        } catch (IllegalStateException e) {
            LOG.warning(() -> socket + " did not join: " + e.getMessage());
        }
    }

    void join(Collection<String> rooms) {
        SocketState now = state;
        if (now == SocketState.LEAVING || now == SocketState.GONE) {
            return;
        }
        int most = namespace.server().options().maxRoomsPerSocket();
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
        if (state == SocketState.GONE && !awaited) {
            return;
        }
        SocketPacket.Event packet = new SocketPacket.Event(namespace.name(), SocketPacket.NO_ID, event, args);
        if (pid != null && state != SocketState.PENDING) {
            // through the adapter, which keeps it for the client's return
            namespace.adapter().broadcast(packet, new BroadcastOptions(Set.of(id), Set.of(), flags));
        } else {
            notifyOutgoing(event, args);
            client.send(namespace.encode(packet), flags);
        }
    }

    CompletableFuture<Arguments> emitWithAck(String event, Arguments args, BroadcastFlags flags) {
        ReservedEvents.checkEmit(event);
        if (state == SocketState.GONE) {
            return CompletableFuture.failedFuture(new SocketDisconnectedException());
        }
        long ackId = namespace.nextAckId();
        AnswerFuture<Arguments> answer = new AnswerFuture<>(() -> forgetAck(ackId));
        namespace.server().lifecycle().watchAck(socket, event, answer);
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
            client.send(namespace.encode(new SocketPacket.Ack(namespace.name(), ackId, args)), BroadcastFlags.NONE);
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

    /** The session has ended: no answer will come. Any thread. */
    void failAcks() {
        PendingAcks pending = acks;
        if (pending != null) {
            pending.fail();
        }
    }

    /** An answer has come. On the loop. */
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
            if (pid != null) {
                startOffset = namespace.adapter().currentOffset();
            }
            enter();
        } else {
            restored.resume(conn.loop(), this::becomeConnected, missed -> {
                for (EncodedPacket packet : missed) {
                    client.send(packet, BroadcastFlags.NONE);
                }
                client.send(namespace.welcome(this));
            });
        }
        String secret = pid;
        if (secret != null && state != SocketState.GONE) {
            namespace.adapter().followSession(id, () -> session(secret));
        }
    }

    /**
     * Sends CONNECT and becomes a receiver of broadcasts, from outside at one moment: whoever sees this socket connected queues
     * behind CONNECT, and by the time the client may have CONNECT the loop has made it connected.
     */
    private void enter() {
        SocketPacket.Connect welcome = namespace.welcome(this);
        if (conn.loop().inLoop()) {
            becomeConnected();
            client.send(welcome);
        } else {
            conn.loop().execute(this::becomeConnected);
            client.send(welcome);
            becomeConnected();
        }
    }

    synchronized void becomeConnected() {
        if (state == SocketState.PENDING) {
            namespace.promote(this);
            move(SocketState.PENDING, SocketState.CONNECTED);
        }
    }

    // what comes from the client, in the mailbox

    void onPacket(SocketPacket packet) {
        if (packet instanceof SocketPacket.Event event) {
            onEvent(event);
        } else if (packet instanceof SocketPacket.Ack ack) {
            onAck(ack);
        } else if (packet instanceof SocketPacket.Disconnect) {
            leave(DisconnectReason.CLIENT_NAMESPACE_DISCONNECT, DisconnectDetails.NONE);
        }
    }

    private void onEvent(SocketPacket.Event packet) {
        if (state != SocketState.CONNECTED) {
            return;
        }
        Ack ack = packet.id() == SocketPacket.NO_ID ? EventAck.NONE : new EventAck(this, packet.id());
        SocketHooks now = listeners.hooks();
        SocketHooks.callAny(listeners, now.any(), packet.name(), packet.args());
        if (now.middlewares().length == 0) {
            dispatch(packet.name(), packet.args(), ack);
            return;
        }
        SocketEvent event = new SocketEvent(packet.name(), packet.args());
        MiddlewareChain.run(
                client.mailbox(), now.middlewares(), (middleware, next) -> middleware.handle(event, next), error -> {
                    if (error != null) {
                        listeners.onError(error);
                    } else {
                        dispatch(event.name(), event.arguments(), ack);
                    }
                });
    }

    private void dispatch(String event, Arguments args, Ack ack) {
        if (state == SocketState.CONNECTED) {
            listeners.dispatch(event, args, ack);
        }
    }

    // the end

    @Override
    public void disconnect(boolean close) {
        if (connected()) {
            if (close) {
                client.disconnectAll();
            } else if (move(SocketState.CONNECTED, SocketState.LEAVING)) {
                client.send(new SocketPacket.Disconnect(namespace.name()));
                leaving(DisconnectReason.SERVER_NAMESPACE_DISCONNECT, DisconnectDetails.NONE);
            }
        }
    }

    /** Leaves, once. Any thread; what the application sees of it happens in the mailbox. */
    void leave(DisconnectReason reason, DisconnectDetails details) {
        if (move(SocketState.CONNECTED, SocketState.LEAVING)) {
            leaving(reason, details);
        }
    }

    private void leaving(DisconnectReason reason, DisconnectDetails details) {
        failAcks();
        client.mailbox().runOrPost(() -> {
            if (!move(SocketState.LEAVING, SocketState.DISCONNECTING)) {
                return; // it was cleaned up meanwhile
            }
            SocketHooks.callDisconnect(
                    listeners, "disconnecting", listeners.hooks().disconnecting(), reason, details);
            if (pid != null) {
                keepOrForget(pid, reason.recoverable());
            }
            cleanup();
            client.remove(this, reason);
            SocketHooks.callDisconnect(
                    listeners, "disconnect", listeners.hooks().disconnect(), reason, details);
        });
    }

    private Session session(String secret) {
        Map<String, Object> map = data;
        return new Session(id, secret, rooms(), map == null ? Map.of() : map, startOffset);
    }

    private void keepOrForget(String secret, boolean keep) {
        awaited = keep;
        try {
            if (keep) {
                namespace.adapter().persistSession(session(secret));
            } else {
                namespace.adapter().forgetSession(id, secret);
            }
        } catch (RuntimeException e) {
            namespace.adapterFailed(keep ? "persistSession" : "forgetSession", e);
        }
    }

    /** Leaves rooms and namespace, whether it had joined or not; once. In the mailbox. */
    void cleanup() {
        if (end()) {
            failAcks();
            namespace.remove(this);
        }
    }

    /** Under the lock, so that {@link #becomeConnected} is over, or finds that the socket is gone. */
    private synchronized boolean end() {
        SocketState now = state;
        while (now != SocketState.GONE) {
            if (move(now, SocketState.GONE)) {
                return true;
            }
            now = state;
        }
        return false;
    }

    /** Goes from one state to another; false when it is not in the first. The only place where the state changes. */
    private boolean move(SocketState from, SocketState to) {
        from.checkMayBecome(to);
        return STATE.compareAndSet(this, from, to);
    }

    /** Refuses to block where the answer would be read. */
    void checkMayBlock() {
        if (conn.loop().inLoop()) {
            throw new IllegalStateException("call() would block the I/O thread that reads the answer: use emitWithAck");
        }
    }

    /** Completes something for the application. */
    void execute(Runnable task) {
        try {
            namespace.server().lifecycle().executorFor(conn().loop()).execute(task);
        } catch (RejectedExecutionException e) {
            task.run();
        }
    }
}
