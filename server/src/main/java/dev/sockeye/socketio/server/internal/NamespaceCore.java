package dev.sockeye.socketio.server.internal;

import dev.sockeye.runtime.Removal;
import dev.sockeye.socketio.Registration;
import dev.sockeye.socketio.adapter.Adapter;
import dev.sockeye.socketio.adapter.AdapterFactory;
import dev.sockeye.socketio.protocol.EncodedPacket;
import dev.sockeye.socketio.protocol.Payload;
import dev.sockeye.socketio.protocol.SocketPacket;
import dev.sockeye.socketio.server.Namespace;
import dev.sockeye.socketio.server.NamespaceMiddleware;
import dev.sockeye.socketio.server.SocketHandler;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Implements a namespace: its sockets, middlewares and handlers, its adapter, and the events of other servers.
 * Thread-safe.
 */
final class NamespaceCore {
    private static final Logger LOG = System.getLogger(Namespace.class.getName());
    private static final int REMOVED = -1;

    private final ServerContext context;
    private final String name;
    private final Map<String, SocketCore> connected = new ConcurrentHashMap<>();
    private final SocketTable inOrder = new SocketTable();
    private final Map<String, SocketCore> pending = new ConcurrentHashMap<>(4);
    private final Map<String, SocketCore> byPid = new ConcurrentHashMap<>(4);
    /** CONNECT requests that recover a session, by its secret: one at a time for each session. */
    private final Map<String, ConnectRequest> recovering = new ConcurrentHashMap<>(4);

    private final AtomicLong ackIds = new AtomicLong();
    private final ServerSideEvents serverSide = new ServerSideEvents(this);
    private final Adapter adapter;
    private final AtomicBoolean adapterStarted = new AtomicBoolean();
    private final AtomicBoolean announced = new AtomicBoolean();
    private final Namespace facade;

    /** Called once when the last member leaves; {@code null} for a namespace that stays. */
    private final @Nullable Consumer<NamespaceCore> whenEmpty;

    /** Sockets that are connected or connecting; counted only with {@link #whenEmpty}. */
    private final AtomicInteger members = new AtomicInteger();

    private volatile NamespaceMiddleware[] middlewares = new NamespaceMiddleware[0];
    private volatile SocketHandler[] handlers = new SocketHandler[0];

    private NamespaceCore(
            ServerContext context,
            String name,
            AdapterFactory adapters,
            Function<NamespaceCore, Namespace> facades,
            @Nullable Consumer<NamespaceCore> whenEmpty) {
        this.context = context;
        this.name = name;
        this.whenEmpty = whenEmpty;
        this.adapter = adapters.create(new AdapterView(this));
        this.facade = facades.apply(this);
    }

    /**
     * Creates a namespace.
     *
     * @param whenEmpty called once when its last socket has left; {@code null} when the namespace stays
     */
    static NamespaceCore create(ServerContext context, String name, @Nullable Consumer<NamespaceCore> whenEmpty) {
        return new NamespaceCore(context, name, context.adapters(), context.facades()::namespace, whenEmpty);
    }

    /** Creates the parent of these children, a live collection. It has no sockets of its own. */
    static NamespaceCore parent(ServerContext context, String name, Collection<NamespaceCore> children) {
        return new NamespaceCore(
                context,
                name,
                view -> new ParentAdapter(children),
                core -> context.facades().parent(core, children),
                null);
    }

    String name() {
        return name;
    }

    ServerContext context() {
        return context;
    }

    Adapter adapter() {
        return adapter;
    }

    /** The view of the application. */
    Namespace facade() {
        return facade;
    }

    ServerSideEvents serverSide() {
        return serverSide;
    }

    /** The connected sockets by id, a live map. */
    Map<String, SocketCore> connected() {
        return connected;
    }

    /** A live view of the connected sockets, in the order in which they connected. */
    Collection<SocketCore> sockets() {
        return inOrder;
    }

    /** A socket that is connected or in the middlewares. */
    @Nullable
    SocketCore socket(String id) {
        SocketCore socket = connected.get(id);
        return socket == null ? pending.get(id) : socket;
    }

    /** Whether the adapter has been started, or is being started. */
    boolean isStarted() {
        return adapterStarted.get();
    }

    /** Returns whether the listeners of new namespaces have not been notified yet; from now on they count as notified. */
    boolean announce() {
        return announced.compareAndSet(false, true);
    }

    /** Starts the adapter, unless it has been started; returns whether this call has started it. */
    boolean initAdapter() {
        if (!adapterStarted.compareAndSet(false, true)) {
            return false;
        }
        CompletableFuture<Void> starting;
        try {
            starting = adapter.init();
        } catch (RuntimeException | Error e) {
            adapterStarted.set(false);
            throw e;
        }
        var unused = starting.whenComplete((done, error) -> {
            if (error != null) {
                LOG.log(
                        Level.WARNING,
                        ServerLog.ADAPTER_NOT_STARTED.text("the adapter of " + this + " failed to start"),
                        error);
            }
        });
        return true;
    }

    /** Closes the adapter if it has been started. The result never fails. */
    CompletableFuture<Void> closeAdapter() {
        if (!adapterStarted.compareAndSet(true, false)) {
            return CompletableFuture.completedFuture(null);
        }
        CompletableFuture<Void> closing;
        try {
            closing = Objects.requireNonNull(adapter.close(), "null in place of a future");
        } catch (RuntimeException | Error e) {
            closing = CompletableFuture.failedFuture(e);
        }
        return closing.handle((done, error) -> {
            if (error != null) {
                LOG.log(
                        Level.WARNING,
                        ServerLog.ADAPTER_NOT_ENDED.text("the adapter of " + this + " failed to end"),
                        error);
            }
            return null;
        });
    }

    @Override
    public String toString() {
        return "Namespace[" + name + "]";
    }

    // middlewares and handlers

    Registration use(NamespaceMiddleware middleware) {
        synchronized (this) {
            middlewares = CopyOnWrite.append(middlewares, middleware);
        }
        return new Removal(() -> {
            synchronized (this) {
                middlewares = CopyOnWrite.remove(middlewares, middleware);
            }
        });
    }

    Registration onConnection(SocketHandler handler) {
        synchronized (this) {
            handlers = CopyOnWrite.append(handlers, handler);
        }
        return new Removal(() -> offConnection(handler));
    }

    Registration prependConnection(SocketHandler handler) {
        synchronized (this) {
            handlers = CopyOnWrite.prepend(handlers, handler);
        }
        return new Removal(() -> offConnection(handler));
    }

    void offConnection(SocketHandler handler) {
        synchronized (this) {
            handlers = CopyOnWrite.remove(handlers, handler);
        }
    }

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

    // members

    /** Counts a client that begins to connect; false when the namespace is being removed. */
    boolean acquire() {
        return whenEmpty == null || members.getAndUpdate(n -> n == REMOVED ? n : n + 1) != REMOVED;
    }

    /** Uncounts a client; the last one removes a dynamic namespace. */
    void release() {
        if (whenEmpty != null && members.decrementAndGet() == 0 && members.compareAndSet(0, REMOVED)) {
            whenEmpty.accept(this);
        }
    }

    boolean isRemoved() {
        return members.get() == REMOVED;
    }

    /** Removes a dynamic namespace that has no clients. */
    void removeIfUnused() {
        if (whenEmpty != null && members.compareAndSet(0, REMOVED)) {
            whenEmpty.accept(this);
        }
    }

    void addPending(SocketCore socket) {
        pending.put(socket.id(), socket);
    }

    /** The packet that accepts a socket. */
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

    /** Makes a socket that has passed the middlewares a connected one. */
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
                handler.handle(socket.facade());
            } catch (Throwable e) {
                socket.listeners().failed("connection", e);
            }
        }
    }

    /** Removes a socket that has left or was refused. Once for each. */
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
            // rooms that another thread has joined in the meantime
            leaveRooms(id);
        }
        release();
    }

    private void leaveRooms(String id) {
        try {
            adapter.delAll(id);
        } catch (RuntimeException | Error e) {
            adapterFailed("delAll", e);
        }
    }

    /** Logs an exception or error of the adapter; the socket is not affected. */
    void adapterFailed(String call, Throwable error) {
        LOG.log(Level.WARNING, ServerLog.ADAPTER_FAILED.text("the adapter of " + this + " failed in " + call), error);
    }

    /**
     * Claims a session for this request; returns false if another request is recovering it. The claim ends when its
     * socket is connected or has left, or with {@link #giveBackClaim}.
     */
    boolean claim(String pid, ConnectRequest request) {
        return recovering.putIfAbsent(pid, request) == null;
    }

    private void endClaim(String pid, SocketCore socket) {
        ConnectRequest request = recovering.get(pid);
        if (request != null && request.makes(socket)) {
            recovering.remove(pid, request);
        }
    }

    void giveBackClaim(String pid, ConnectRequest request) {
        recovering.remove(pid, request);
    }

    /** The requests that recover a session, and may have taken it from the adapter. */
    Collection<ConnectRequest> recovering() {
        return recovering.values();
    }

    @Nullable
    SocketCore byPid(String pid) {
        return byPid.get(pid);
    }

    long nextAckId() {
        return ackIds.getAndIncrement();
    }

    /** The id of the next event that expects an acknowledgement. */
    long ackIds() {
        return ackIds.get();
    }

    /** Continues after the ids of a removed namespace. Before the adapter is started. */
    void continueAckIds(long first) {
        ackIds.set(first);
    }

    EncodedPacket encode(SocketPacket packet) {
        return context.encode(packet);
    }

    int membersForTest() {
        return Math.max(connected.size(), inOrder.size()) + pending.size() + byPid.size() + recovering.size();
    }
}
