package dev.sockeye.socketio.server;

import dev.sockeye.engineio.host.EngineLoop;
import dev.sockeye.runtime.Removal;
import dev.sockeye.socketio.AckEventHandler;
import dev.sockeye.socketio.Event;
import dev.sockeye.socketio.EventHandler;
import dev.sockeye.socketio.RawHandler;
import dev.sockeye.socketio.Registration;
import dev.sockeye.socketio.Request;
import dev.sockeye.socketio.RequestHandler;
import dev.sockeye.socketio.TypedHandler;
import dev.sockeye.socketio.adapter.Adapter;
import dev.sockeye.socketio.adapter.AdapterNamespace;
import dev.sockeye.socketio.adapter.BroadcastFlags;
import dev.sockeye.socketio.adapter.LocalSocket;
import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.protocol.EncodedPacket;
import dev.sockeye.socketio.protocol.Parser;
import dev.sockeye.socketio.protocol.Payload;
import dev.sockeye.socketio.protocol.SocketPacket;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A namespace: its own sockets, rooms, handlers and middlewares. Official counterpart: {@code Namespace}. Any thread. */
public sealed class Namespace implements BroadcastTarget permits ParentNamespace {
    private static final Logger LOG = System.getLogger(Namespace.class.getName());
    private static final int REMOVED = -1;

    private final SocketIoServer server;
    private final String name;
    private final Map<String, SocketCore> connected = new ConcurrentHashMap<>();
    private final SocketTable inOrder = new SocketTable();
    private final Map<String, SocketCore> pending = new ConcurrentHashMap<>(4);
    private final Map<String, SocketCore> byPid = new ConcurrentHashMap<>(4);
    /** CONNECTs that recover a session, by its secret: one at a time for each session. */
    private final Map<String, ConnectRequest> recovering = new ConcurrentHashMap<>(4);

    private final AtomicLong ackIds = new AtomicLong();
    private final ServerSideEvents serverSide = new ServerSideEvents(this);
    private final BroadcastOperator everyone;
    private final Adapter adapter;
    private final boolean removable;

    /** Sockets connected or on the way, when {@link #removable}. */
    private final AtomicInteger members = new AtomicInteger();

    private volatile NamespaceMiddleware[] middlewares = new NamespaceMiddleware[0];
    private volatile SocketHandler[] handlers = new SocketHandler[0];

    Namespace(SocketIoServer server, String name, boolean removable) {
        this.server = server;
        this.name = name;
        this.removable = removable;
        this.adapter = newAdapter();
        this.everyone = new BroadcastOperator(this, Set.of(), Set.of(), BroadcastFlags.NONE);
    }

    Adapter newAdapter() {
        return server.lifecycle().adapterFactory().create(new View());
    }

    /** The name, with its leading slash. {@code nsp.name}. */
    public String name() {
        return name;
    }

    /** The connected sockets of this server by id, a live view. {@code nsp.sockets}. */
    public Map<String, Socket> sockets() {
        return new SocketMap(connected);
    }

    /** The adapter. {@code nsp.adapter}. */
    public Adapter adapter() {
        return adapter;
    }

    /** The server. {@code nsp.server}. */
    public SocketIoServer server() {
        return server;
    }

    /** Adds a middleware, run in the order of registration for each client that wants to connect. {@code nsp.use(fn)}. */
    public Registration use(NamespaceMiddleware middleware) {
        synchronized (this) {
            middlewares = CopyOnWrite.append(middlewares, middleware);
        }
        return new Removal(() -> {
            synchronized (this) {
                middlewares = CopyOnWrite.remove(middlewares, middleware);
            }
        });
    }

    /** Adds a handler of new sockets. {@code nsp.on("connection", fn)}. */
    public Registration onConnection(SocketHandler handler) {
        synchronized (this) {
            handlers = CopyOnWrite.append(handlers, handler);
        }
        return new Removal(() -> offConnection(handler));
    }

    /**
     * Adds a handler of new sockets, before the others: for tools that must see what the handlers of the application do. {@code
     * nsp.prependListener("connection", fn)}.
     */
    public Registration prependConnection(SocketHandler handler) {
        synchronized (this) {
            handlers = CopyOnWrite.prepend(handlers, handler);
        }
        return new Removal(() -> offConnection(handler));
    }

    /** Removes a handler of new sockets. {@code nsp.off("connection", fn)}. */
    public void offConnection(SocketHandler handler) {
        synchronized (this) {
            handlers = CopyOnWrite.remove(handlers, handler);
        }
    }

    @Override
    public BroadcastOperator to(String... rooms) {
        return everyone.to(rooms);
    }

    @Override
    public BroadcastOperator in(String... rooms) {
        return everyone.to(rooms);
    }

    @Override
    public BroadcastOperator except(String... rooms) {
        return everyone.except(rooms);
    }

    @Override
    public BroadcastOperator local() {
        return everyone.local();
    }

    @Override
    public BroadcastOperator asVolatile() {
        return everyone.asVolatile();
    }

    @Override
    public BroadcastOperator compress(boolean compress) {
        return everyone.compress(compress);
    }

    @Override
    public BroadcastOperator timeout(Duration timeout) {
        return everyone.timeout(timeout);
    }

    @Override
    public void emit(String event, @Nullable Object... args) {
        everyone.emit(event, args);
    }

    @Override
    public CompletableFuture<List<Arguments>> emitWithAck(String event, @Nullable Object... args) {
        return everyone.emitWithAck(event, args);
    }

    @Override
    public CompletableFuture<List<RemoteSocket>> fetchSockets() {
        return everyone.fetchSockets();
    }

    @Override
    public void socketsJoin(String... rooms) {
        everyone.socketsJoin(rooms);
    }

    @Override
    public void socketsLeave(String... rooms) {
        everyone.socketsLeave(rooms);
    }

    @Override
    public void disconnectSockets(boolean close) {
        everyone.disconnectSockets(close);
    }

    /**
     * Sends an event to the other servers of the cluster. {@code nsp.serverSideEmit(event, ...args)}.
     *
     * @throws IllegalArgumentException the name is reserved
     */
    public void serverSideEmit(String event, @Nullable Object... args) {
        ReservedEvents.checkServerSide(event);
        adapter.serverSideEmit(event, Arguments.of(args));
    }

    /** Sends a typed event to the other servers of the cluster. */
    public <T> void serverSideEmit(Event<T> event, T value) {
        serverSideEmit(event.name(), value);
    }

    /** Sends an event to the other servers and collects an answer of each. {@code nsp.serverSideEmitWithAck}. */
    public CompletableFuture<List<Arguments>> serverSideEmitWithAck(String event, @Nullable Object... args) {
        ReservedEvents.checkServerSide(event);
        return adapter.serverSideEmitWithAck(event, Arguments.of(args)).copy();
    }

    /** Sends a request to the other servers and collects an answer of each; fails as {@link #emitWithAck(Request, Object)}. */
    public <Q, A> CompletableFuture<List<A>> serverSideEmitWithAck(Request<Q, A> request, Q question) {
        return BroadcastAcks.typed(serverSideEmitWithAck(request.name(), question), request);
    }

    /**
     * Handles an event of other servers; called on the handler executor. An exception is logged. {@code nsp.on(event, fn)}.
     *
     * @throws IllegalArgumentException the name is reserved
     */
    public Registration onServerSideEvent(String event, RawHandler handler) {
        ReservedEvents.checkServerSide(event);
        return serverSide.add(event, handler);
    }

    /** Handles a typed event of other servers. */
    public <T> Registration onServerSideEvent(Event<T> event, EventHandler<T> handler) {
        return onServerSideEvent(event, (AckEventHandler<T>) handler);
    }

    /** Handles a typed event of other servers and answers it. */
    public <T> Registration onServerSideEvent(Event<T> event, AckEventHandler<T> handler) {
        return onServerSideEvent(event.name(), TypedHandler.of(event.name(), event.type(), handler));
    }

    /** Handles a request of other servers by returning the answer; the answer of a returned stage is awaited. */
    public <Q, A> Registration onServerSideRequest(Request<Q, A> request, RequestHandler<Q, ? extends A> handler) {
        return onServerSideEvent(request.name(), TypedHandler.ofRequest(request.name(), request.type(), handler));
    }

    @Override
    public String toString() {
        return "Namespace[" + name + "]";
    }

    // for the package

    NamespaceMiddleware[] middlewares() {
        return middlewares;
    }

    SocketHandler[] handlers() {
        return handlers;
    }

    void inherit(NamespaceMiddleware[] inheritedMiddlewares, SocketHandler[] inheritedHandlers) {
        synchronized (this) {
            middlewares = Arrays.copyOf(inheritedMiddlewares, inheritedMiddlewares.length);
            handlers = Arrays.copyOf(inheritedHandlers, inheritedHandlers.length);
        }
    }

    /** Counts a client in that begins to join; false when the namespace is being removed. */
    boolean acquire() {
        return !removable || members.getAndUpdate(n -> n == REMOVED ? n : n + 1) != REMOVED;
    }

    /** Counts a client out; the last one removes a dynamic namespace. */
    void release() {
        if (removable && members.decrementAndGet() == 0 && members.compareAndSet(0, REMOVED)) {
            server.registry().removeChild(this);
        }
    }

    void addPending(SocketCore socket) {
        pending.put(socket.id(), socket);
    }

    /** What a socket's client is told when it has passed the middlewares. */
    SocketPacket.Connect welcome(SocketCore socket) {
        if (socket.conn().protocol() == 3) {
            return new SocketPacket.Connect(name, null);
        }
        Map<String, Object> content = new LinkedHashMap<>(4);
        content.put("sid", socket.id());
        String pid = socket.pid();
        if (pid != null) {
            content.put("pid", pid);
        }
        return new SocketPacket.Connect(name, Payload.of(content));
    }

    /** A socket has passed the middlewares. */
    void promote(SocketCore socket) {
        connected.put(socket.id(), socket);
        inOrder.add(socket);
        pending.remove(socket.id(), socket);
        String pid = socket.pid();
        if (pid != null) {
            byPid.put(pid, socket);
            endClaim(pid, socket);
        }
    }

    void onConnected(SocketCore socket) {
        for (SocketHandler handler : handlers) {
            try {
                handler.handle(socket.socket());
            } catch (Throwable e) {
                socket.listeners().failed("connection", e);
            }
        }
    }

    /** A socket has left, or was refused. Once for each. */
    void remove(SocketCore socket) {
        String id = socket.id();
        boolean mine = connected.get(id) == socket || pending.get(id) == socket;
        if (mine) {
            leaveRooms(id);
        }
        connected.remove(id, socket);
        inOrder.remove(socket);
        pending.remove(id, socket);
        String pid = socket.pid();
        if (pid != null) {
            byPid.remove(pid, socket);
            endClaim(pid, socket);
        }
        if (mine) {
            // what another thread has joined meanwhile
            leaveRooms(id);
        }
        release();
    }

    private void leaveRooms(String id) {
        try {
            adapter.delAll(id);
        } catch (RuntimeException e) {
            adapterFailed("delAll", e);
        }
    }

    /** An adapter has thrown; the socket goes its way all the same. */
    void adapterFailed(String call, RuntimeException error) {
        LOG.log(Level.WARNING, "the adapter of " + this + " failed in " + call, error);
    }

    /** Whether this CONNECT alone may recover the session now: until its socket is connected or gone, or it gives the claim back. */
    boolean claim(String pid, ConnectRequest joining) {
        return recovering.putIfAbsent(pid, joining) == null;
    }

    private void endClaim(String pid, SocketCore socket) {
        ConnectRequest joining = recovering.get(pid);
        if (joining != null && joining.makes(socket)) {
            recovering.remove(pid, joining);
        }
    }

    void giveBackClaim(String pid, ConnectRequest joining) {
        recovering.remove(pid, joining);
    }

    @Nullable
    SocketCore byPid(String pid) {
        return byPid.get(pid);
    }

    Collection<SocketCore> cores() {
        return inOrder;
    }

    long nextAckId() {
        return ackIds.getAndIncrement();
    }

    EncodedPacket encode(SocketPacket packet) {
        return server.options().parser().encode(packet);
    }

    int membersForTest() {
        return Math.max(connected.size(), inOrder.size()) + pending.size() + byPid.size() + recovering.size();
    }

    /** What the adapter sees. */
    private final class View implements AdapterNamespace {
        @Override
        public String name() {
            return name;
        }

        @Override
        public Parser parser() {
            return server.options().parser();
        }

        @Override
        public @Nullable LocalSocket socket(String id) {
            SocketCore socket = connected.get(id);
            return socket == null ? pending.get(id) : socket;
        }

        @Override
        public Collection<? extends LocalSocket> connectedSockets() {
            return Collections.unmodifiableCollection(inOrder);
        }

        @Override
        public long nextAckId() {
            return Namespace.this.nextAckId();
        }

        @Override
        public void onServerSideEmit(String event, Arguments args, @Nullable Consumer<Arguments> ack) {
            serverSide.dispatch(event, args, ack);
        }

        @Override
        public EngineLoop.Timer schedule(Runnable task, Duration delay) {
            return server.schedule(task, delay);
        }

        @Override
        public long nanoTime() {
            return server.options().timer().nanoTime();
        }

        @Override
        public @Nullable Duration recovery() {
            ConnectionStateRecovery recovery = server.options().connectionStateRecovery();
            return recovery == null ? null : recovery.maxDisconnectionDuration();
        }

        @Override
        public long maxMissedBytes() {
            return server.options().engine().maxOutboundBytes() / 4 * 3; // room for what else the client is sent
        }

        @Override
        public Executor executor() {
            return server.lifecycle()::complete;
        }
    }
}
